import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { isCurrency } from '@tenor/money';
import { type Sql, statement } from '@tenor/service-kit';
import type { Customer } from '../customers/customer.ts';
import { invalid } from '../customers/money-input.ts';
import { loanCurrencies, loansOfCustomer } from './loan-reads.store.ts';
import { type At, type LoanView, latestKnown, type Viewing, viewLoans } from './loan-views.store.ts';
import { NO_LOAN } from './no-loan.ts';
import { outstanding } from './outstanding.ts';

/** What a customer owes, may still borrow and has as credit, in one currency; minor units. */
export interface CustomerBalance {
  readonly asOf: LocalDate;
  /** Null for a customer of whom nothing was recorded in this currency. */
  readonly knownAt: string | null;
  readonly currency: string;
  readonly limit: bigint | null;
  readonly exposure: bigint;
  readonly outstanding: bigint;
  /** Below zero what the customer is short of. */
  readonly credit: bigint;
}

// A credit of a payment that no loan took is in no loan's journal; reversed ones count until they were reversed, and
// what was spent of them counts unless it was given back.
const selectUnplaced = statement(
  'balance_unplaced_credit',
  `select (coalesce(sum(p.credited), 0) - (
             select coalesce(sum(s.amount), 0) from spent_credits s
              where s.customer_id = $1 and s.currency = $2 and s.loan_id = $5 and s.value_date <= $3
                and ($4::timestamptz is null or s.recorded_at <= $4)
                and (s.returned_at is null or s.returned_at > $4)))::bigint as credit
     from applied_payments p
    where p.customer_id = $1 and p.currency = $2 and p.kind = 'payment'
      and p.loan_id = $5 and p.value_date <= $3
      and ($4::timestamptz is null or p.recorded_at <= $4)
      and not exists (select from applied_payments r
                       where r.customer_id = p.customer_id and r.payment_id = p.payment_id and r.loan_id = p.loan_id
                         and r.kind = 'reversal' and ($4::timestamptz is null or r.recorded_at <= $4))`,
);

const selectUnplacedKnown = statement(
  'balance_unplaced_known_at',
  `select greatest(
            (select max(recorded_at) from applied_payments where customer_id = $1 and currency = $2 and loan_id = $3),
            (select max(greatest(recorded_at, returned_at)) from spent_credits
              where customer_id = $1 and currency = $2 and loan_id = $3)) as known_at`,
);

/**
 * The balance from the loans as they stand on the day; the limit is always the present one.
 * Refuses `validation_failed` for an unknown currency, or none where several are possible, and `known_at_too_recent`.
 */
export async function customerBalance(
  sql: Sql,
  viewing: Viewing,
  customer: Customer,
  at: At & { readonly currency: string | undefined },
): Promise<CustomerBalance | Refusal> {
  const currency = at.currency ?? (await onlyCurrency(sql, customer));
  if (currency === undefined) return invalid('/query/currency', 'required', 'is required');
  if (!isCurrency(currency)) return invalid('/query/currency', 'unknown_currency', 'is no ISO 4217 currency');
  const { creditLimit } = customer;
  const limit = creditLimit?.currency === currency ? creditLimit.minor : null;
  const asOf = at.asOf ?? viewing.today(null);
  // Before the loans: what is recorded between the two reads is then later than the answer says.
  const unplacedAt = at.knownAt === undefined ? await unplacedKnownAt(sql, customer.id, currency) : null;
  const list = () => loansOfCustomer(sql, customer.id, currency);
  const views = await viewLoans(sql, viewing, { list, isOfOneCustomer: true }, at);
  if (!Array.isArray(views)) return views;
  const knownAt = at.knownAt ?? later(latestKnown(views), unplacedAt);
  const [row] = await sql.query<{ credit: bigint }>(selectUnplaced, [customer.id, currency, asOf, knownAt, NO_LOAN]);
  const placed = views.reduce((sum, { state }) => sum + state.credited, 0n);
  return { asOf, knownAt, currency, limit, ...sumsOf(views), credit: placed + (row?.credit ?? 0n) };
}

function sumsOf(views: readonly LoanView[]): { exposure: bigint; outstanding: bigint } {
  let [exposure, total] = [0n, 0n];
  for (const { state, asOf } of views) {
    const owed = outstanding(state, asOf);
    const isRequested = state.status === 'pending' || state.status === 'approved';
    exposure += isRequested ? plannedPrincipal(state) : owed.principal;
    total += owed.total;
  }
  return { exposure, outstanding: total };
}

/** What a loan would owe, fees lent on top included. */
const plannedPrincipal = ({ instalments }: LoanView['state']): bigint =>
  instalments.reduce((sum, { principal }) => sum + principal, 0n);

const later = (one: string | null, other: string | null): string | null =>
  one === null || (other !== null && other > one) ? other : one;

/** When credit that no loan took was last recorded or spent; null where there never was any. */
async function unplacedKnownAt(sql: Sql, customerId: string, currency: string): Promise<string | null> {
  const [row] = await sql.query<{ known_at: string | null }>(selectUnplacedKnown, [customerId, currency, NO_LOAN]);
  return row?.known_at ?? null;
}

/** The limit's currency, else the only one that the customer has loans in. */
async function onlyCurrency(sql: Sql, customer: Customer): Promise<string | undefined> {
  if (customer.creditLimit !== null) return customer.creditLimit.currency;
  const currencies = await loanCurrencies(sql, customer.id);
  return currencies.length === 1 ? currencies[0] : undefined;
}
