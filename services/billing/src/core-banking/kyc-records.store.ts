import { type Sql, statement } from '@tenor/service-kit';
import { decodeKyc, encodeKyc, type KycRecord } from './kyc.ts';

export interface CheckedKyc {
  readonly record: KycRecord;
  /** When core banking answered so. */
  readonly checkedAt: string;
}

const save = statement(
  'kyc_records_save',
  `insert into kyc_records (customer_id, data, checked_at) values ($1, $2, clock_timestamp())
   on conflict (customer_id) do update set data = excluded.data, checked_at = excluded.checked_at
   returning checked_at`,
);
const select = statement('kyc_records_select', 'select data, checked_at from kyc_records where customer_id = $1');

/** Keeps what core banking answered, in place of what it answered before; returns when. */
export async function saveKyc(sql: Sql, customerId: string, record: KycRecord): Promise<CheckedKyc> {
  const [row] = await sql.query<{ checked_at: string }>(save, [customerId, encodeKyc(record)]);
  if (row === undefined) throw new Error('a KYC record was not stored');
  return { record, checkedAt: row.checked_at };
}

export async function findKyc(sql: Sql, customerId: string): Promise<CheckedKyc | undefined> {
  const [row] = await sql.query<{ data: string; checked_at: string }>(select, [customerId]);
  return row && { record: decodeKyc(row.data), checkedAt: row.checked_at };
}
