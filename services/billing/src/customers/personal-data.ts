import { type Money, parseAmount } from '@tenor/money';

/** Everything personal that billing holds of a customer. It lives in one column, behind this codec, and nowhere else. */
export interface PersonalData {
  readonly externalId: string;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** In years, as it was stated; left out where it never was. */
  readonly age?: number | null;
  /** Left out where it never was given, as what follows. */
  readonly address?: string | null;
  /** What else the customer's bank has told of them, in its own words. */
  readonly otherKycData?: string | null;
  /** Decimal text with the currency's digits. */
  readonly monthlyIncome: { readonly amount: string; readonly currency: string } | null;
}

const FORMAT = 1;
const MAX_SEARCH_TOKENS = 32;

/** The stored text; it names its format, so that an encrypted one can stand beside it. */
export function encodePersonalData(data: PersonalData): string {
  return JSON.stringify({ format: FORMAT, ...data });
}

/** Throws on a text of another format, which a newer release has written. */
export function decodePersonalData(text: string): PersonalData {
  const { format, ...data } = JSON.parse(text) as PersonalData & { format: number };
  if (format !== FORMAT) throw new Error(`Personal data of the unknown format ${format}`);
  return data;
}

/** The monthly income, in minor units. Throws on what was stored unread. */
export function incomeOf({ monthlyIncome }: Pick<PersonalData, 'monthlyIncome'>): Money | null {
  if (monthlyIncome === null) return null;
  const minor = parseAmount(monthlyIncome.amount, monthlyIncome.currency);
  if (typeof minor !== 'bigint') throw new Error(`A stored income is no amount of ${monthlyIncome.currency}`);
  return { minor, currency: monthlyIncome.currency };
}

/** The lower-case words under which a customer is found; they are stored as keyed hashes only. */
export function searchWords(data: PersonalData): string[] {
  const words = [data.firstName, data.lastName, data.email, data.phone, data.externalId].flatMap((text) =>
    wordsOf(text ?? ''),
  );
  return [...new Set(words)].slice(0, MAX_SEARCH_TOKENS);
}

export function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
}
