/** What core banking knows of a customer; personal, all of it. Texts as core banking writes them. */
export interface KycRecord {
  readonly customerNumber: string;
  readonly firstName: string | null;
  readonly middleName: string | null;
  readonly lastName: string | null;
  readonly dateOfBirth: string | null;
  readonly gender: string | null;
  readonly email: string | null;
  readonly mobile: string | null;
  readonly idType: string | null;
  readonly idNumber: string | null;
  readonly monthlyIncome: string | null;
  readonly status: string | null;
}

const FORMAT = 1;

/** The stored text; it names its format, so that an encrypted one can stand beside it. */
export function encodeKyc(record: KycRecord): string {
  return JSON.stringify({ format: FORMAT, ...record });
}

/** Throws on a text of another format, which a newer release has written. */
export function decodeKyc(text: string): KycRecord {
  const { format, ...record } = JSON.parse(text) as KycRecord & { format: number };
  if (format !== FORMAT) throw new Error(`A KYC record of the unknown format ${format}`);
  return record;
}
