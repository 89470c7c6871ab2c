import type { FieldError, Refusal } from '@tenor/contracts';
import type { RowKind, RowOutcome } from '@tenor/row-jobs';
import { externalRef, isRefusal, type Sql, type UnitOfWork, validationFailed } from '@tenor/service-kit';
import { noCustomer } from '../loan-accounts/customer-account.ts';
import { customersByRef } from '../loan-accounts/customers.store.ts';
import { awaitedBefore } from '../payments/doubt.ts';
import { paymentsTogether } from '../payments/new-payments.commands.ts';
import { readPaymentRequest } from '../payments/payment-request.ts';
import {
  exceedsOutstanding,
  isYoung,
  type PaymentReference,
  type PaymentService,
} from '../payments/payments.commands.ts';
import type { RecordPaymentBody } from '../payments/payments.schemas.ts';
import { projectionBehind } from '../payments/projection.commands.ts';
import {
  customerOf,
  paymentBody,
  SETTLEMENT_COLUMNS,
  type SettlementRow,
  settlementContent,
} from './settlement-row.ts';

/** Of `POST /v1/payments/bulk`. */
export const PAYMENTS_BULK = 'payments_bulk';

/** Their customers are locked for as long as the chunk takes. */
const ROWS_PER_CHUNK = 50;

/** What was found out before the rows' transaction. */
interface News {
  /** Customers of whom all that billing had published is known. */
  readonly certain: ReadonlySet<string>;
}

export type BulkPaymentBody = RecordPaymentBody & { readonly external_id: string };

/** Payments of a bank's settlement file or an array; each is recorded as `POST /v1/payments` would. */
export function paymentsBulk(
  service: PaymentService,
  readBody: (body: unknown) => BulkPaymentBody | Refusal,
): RowKind<SettlementRow, object, News> {
  const record = paymentsTogether(service);
  const read = (value: unknown): SettlementRow | Refusal => {
    const body = readBody(value);
    return isRefusal(body) ? body : readRow(service, body);
  };
  return {
    name: PAYMENTS_BULK,
    columns: SETTLEMENT_COLUMNS,
    rowsPerChunk: ROWS_PER_CHUNK,
    read({ cells }) {
      const row = read(paymentBody(cells));
      const customer = customerOf(cells);
      if (customer === undefined) return validationFailed([namesNobody, ...(isRefusal(row) ? faultsOf(row) : [])]);
      return isRefusal(row) ? row : { ...row, customer };
    },
    readItem: read,
    identify: (row) => ({ key: row.payment.externalId, content: settlementContent(row) }),
    prepare: (rows) => hearNews(service, rows),
    async perform(uow, rows, _job, { certain }) {
      const customers = await customersOf(uow, service, rows);
      const commands = rows.flatMap((row) => {
        const customerId = customers.get(row) ?? noCustomer;
        return isRefusal(customerId) ? [] : [{ ...row.payment, customerId, confirmed: certain.has(customerId) }];
      });
      const outcomes = await record(uow, commands);
      const byExternalId = new Map(commands.map((command, index) => [command.externalId, outcomes[index]]));
      return rows.map((row) => {
        const customerId = customers.get(row) ?? noCustomer;
        if (isRefusal(customerId)) return customerId;
        const outcome = byExternalId.get(row.payment.externalId) ?? noCustomer;
        return outcomeOf(service, uow, outcome, { customerId, row, isCertain: certain.has(customerId) });
      });
    },
  };
}

function readRow(service: PaymentService, body: BulkPaymentBody): SettlementRow | Refusal {
  const request = readPaymentRequest(body, service.gateway.providers);
  if ('faults' in request) return validationFailed(request.faults);
  const { customerId, ...payment } = request;
  return { payment: { ...payment, externalId: body.external_id }, customer: { id: customerId } };
}

/** The customers of the rows, or why a row is nobody's. */
async function customersOf(
  sql: Sql,
  { externalRefKey }: PaymentService,
  rows: readonly SettlementRow[],
): Promise<Map<SettlementRow, string | Refusal>> {
  const refOf = ({ customer: { externalId } }: SettlementRow) =>
    externalId === undefined ? undefined : externalRef(externalRefKey, externalId);
  const byRef = await customersByRef(
    sql,
    rows.flatMap((row) => refOf(row) ?? []),
  );
  return new Map(
    rows.map((row) => {
      const { id } = row.customer;
      const ref = refOf(row);
      if (ref === undefined) return [row, id ?? noCustomer];
      const referred = byRef.get(ref) ?? noCustomer;
      const isAnother = id !== undefined && !isRefusal(referred) && referred !== id;
      return [row, isAnother ? validationFailed([namesAnother]) : referred];
    }),
  );
}

/** Waits, before anything is locked, until billing's news of the rows' customers are in; a while at most. */
async function hearNews(service: PaymentService, rows: readonly SettlementRow[]): Promise<News> {
  const { database, projection, clock } = service;
  const customers = await customersOf(database, service, rows);
  const loans = new Map<string, string[]>();
  for (const [{ payment, customer }, found] of customers) {
    const id = isRefusal(found) ? customer.id : found;
    if (id === undefined) continue;
    const named = (payment.allocations ?? []).map(({ loanId }) => loanId);
    loans.set(id, [...(loans.get(id) ?? []), ...named]);
  }
  const heard = await Promise.all(
    [...loans].map(async ([customerId, loanIds]) => {
      const awaited = awaitedBefore('not_found', { customerId, loanIds }, (id) => isYoung(id, clock.now())) ?? [];
      return (await projection.catchUp(customerId, awaited)) ? [customerId] : [];
    }),
  );
  return { certain: new Set(heard.flat()) };
}

const namesNobody: FieldError = {
  pointer: '/customer_id',
  code: 'required',
  message: 'or customer_external_id is required',
};
const namesAnother: FieldError = {
  pointer: '/customer_external_id',
  code: 'mismatch',
  message: 'is another customer than customer_id',
};
/** What a refused body had at fault besides. */
const faultsOf = ({ meta }: Refusal): readonly FieldError[] => (meta?.['errors'] ?? []) as readonly FieldError[];

/** As the single request would answer: a refusal that news could change is given only once they are in. */
function outcomeOf(
  { counters, clock }: PaymentService,
  uow: UnitOfWork,
  outcome: PaymentReference | Refusal,
  { customerId, row, isCertain }: { customerId: string; row: SettlementRow; isCertain: boolean },
): RowOutcome {
  if (!isRefusal(outcome)) {
    const result = { payment_id: outcome.payment_id, customer_id: outcome.customer_id };
    return outcome.outcome === 'rejected' ? { ...exceedsOutstanding(outcome.payment_id), result } : { result };
  }
  const loanIds = (row.payment.allocations ?? []).map(({ loanId }) => loanId);
  const isDoubtful = awaitedBefore(outcome.refused, { customerId, loanIds }, (id) => isYoung(id, clock.now()));
  const refusal = isDoubtful !== undefined && !isCertain ? projectionBehind : outcome;
  uow.afterCommit(() => counters.refused(refusal.refused));
  return refusal;
}
