import { sheetDate } from '@tenor/calendar';
import { sheetDecimal } from '@tenor/money';
import type { RecordPayment } from '../payments/payment-request.ts';

/** A payment of a file or an array, whose customer may be named by what the lender calls them. */
export interface SettlementRow {
  readonly payment: Omit<RecordPayment, 'customerId' | 'externalId'> & { readonly externalId: string };
  readonly customer: NamedCustomer;
}

/** By one of the two, or by both, which must then be the same customer. */
export interface NamedCustomer {
  readonly id?: string;
  readonly externalId?: string;
}

/** The columns of a settlement file; `customer_id` or `customer_external_id` says whose payment a row is. */
export const SETTLEMENT_COLUMNS = [
  { name: 'external_id', required: true },
  { name: 'amount', required: true },
  { name: 'currency', required: true },
  { name: 'customer_id', required: false },
  { name: 'customer_external_id', required: false },
  { name: 'value_date', required: false },
  { name: 'method', required: false },
] as const;

type Cells = Readonly<Record<string, string>>;

/** Whom the cells name; undefined for nobody. */
export function customerOf({
  customer_id: id = '',
  customer_external_id: externalId = '',
}: Cells): NamedCustomer | undefined {
  if (id === '' && externalId === '') return undefined;
  // As the schema takes them: in any case.
  return { ...(id === '' ? {} : { id: id.toLowerCase() }), ...(externalId === '' ? {} : { externalId }) };
}

/** Stands in for a customer who is named otherwise, so that the rest can be checked as any payment. */
export const UNNAMED = '00000000-0000-0000-0000-000000000000';

/** The body that a request for this payment would have; what a cell does not hold is left out, its faults stay in. */
export function paymentBody(cells: Cells): Record<string, unknown> {
  const { external_id: externalId, amount = '', currency = '', customer_id: customerId, method } = cells;
  const valueDate = cells['value_date'] ?? '';
  return {
    customer_id: customerId === '' ? UNNAMED : customerId,
    external_id: externalId,
    amount: { amount: sheetDecimal(amount) ?? amount, currency },
    ...(valueDate === '' ? {} : { value_date: sheetDate(valueDate) ?? valueDate }),
    ...(method === '' ? {} : { method }),
  };
}

/** What makes the row the same when it comes again. */
export function settlementContent({ payment, customer }: SettlementRow): object {
  const { amount, allocations, ...rest } = payment;
  const parts = allocations?.map((part) => ({ ...part, amount: part.amount.toString() })) ?? null;
  return { ...rest, customer, amount: amount.toString(), allocations: parts };
}
