import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { isCurrency } from '@tenor/money';
import { type Sql, statement } from '@tenor/service-kit';
import type { Customer } from '../customers/customer.ts';
import { invalid } from '../customers/money-input.ts';
import type { LoanKey } from './journal.store.ts';
import { loansInCurrencies, soleCurrencies } from './loan-reads.store.ts';
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
  /** Principal requested on pending and approved loans. */
  readonly pending: bigint;
  /** Unpaid principal of active loans. */
  readonly active: bigint;
  /** Both. */
  readonly exposure: bigint;
  readonly outstanding: bigint;
  /** Below zero what the customer is short of. Unless a day is named, by all that is known: as much as is there to spend. */
  readonly credit: bigint;
}

// A credit of a payment that no loan took is in no loan's journal; reversed ones count until they were reversed, and
// what was spent of them counts unless it was given back.
const selectUnplaced = statement(
  'balance_unplaced_credits',
  `select c.customer_id, coalesce(p.credited, 0)::bigint - coalesce(s.spent, 0)::bigint as credit
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as c (customer_id, currency, known_at)
     cross join lateral (
       select sum(p.credited) as credited from applied_payments p
        where p.customer_id = c.customer_id and p.currency = c.currency and p.kind = 'payment'
          and p.loan_id = $5 and ($4::date is null or p.value_date <= $4) and (c.known_at is null or p.recorded_at <= c.known_at)
          and not exists (select from applied_payments r
                           where r.customer_id = p.customer_id and r.payment_id = p.payment_id and r.loan_id = p.loan_id
                             and r.kind = 'reversal' and (c.known_at is null or r.recorded_at <= c.known_at))) p
     cross join lateral (
       select sum(s.amount) as spent from spent_credits s
        where s.customer_id = c.customer_id and s.currency = c.currency and s.loan_id = $5
          and ($4::date is null or s.value_date <= $4) and (c.known_at is null or s.recorded_at <= c.known_at)
          and (s.returned_at is null or s.returned_at > c.known_at)) s`,
);

const selectUnplacedKnown = statement(
  'balance_unplaced_known_at',
  `select c.customer_id,
          greatest(
            (select max(recorded_at) from applied_payments
              where customer_id = c.customer_id and currency = c.currency and loan_id = $3),
            (select max(greatest(recorded_at, returned_at)) from spent_credits
              where customer_id = c.customer_id and currency = c.currency and loan_id = $3)) as known_at
     from unnest($1::uuid[], $2::text[]) as c (customer_id, currency)`,
);

/** In which currency, and when. */
export type BalanceAt = At & { readonly currency: string | undefined };

/**
 * The balance from the loans as they stand on the day; the limit is always the present one.
 * Refuses `validation_failed` for an unknown currency, or none where several are possible, and `known_at_too_recent`.
 */
export async function customerBalance(
  sql: Sql,
  viewing: Viewing,
  customer: Customer,
  at: BalanceAt,
): Promise<CustomerBalance | Refusal> {
  const balances = await customerBalances(sql, viewing, [customer], at);
  if ('refused' in balances) return balances;
  return balances.get(customer.id) ?? invalid('/query/currency', 'required', 'is required');
}

/**
 * The balance of each customer in the currency that is asked for, else in that of the limit, else in the only one of
 * the loans; a customer for whom that is none, or several, is left out. Refuses `validation_failed` for an unknown
 * currency, and `known_at_too_recent`. The number of statements does not grow with that of customers.
 */
export async function customerBalances(
  sql: Sql,
  viewing: Viewing,
  customers: readonly Customer[],
  at: BalanceAt,
): Promise<ReadonlyMap<string, CustomerBalance> | Refusal> {
  if (at.currency !== undefined && !isCurrency(at.currency)) {
    return invalid('/query/currency', 'unknown_currency', 'is no ISO 4217 currency');
  }
  const asked = await inCurrencies(sql, customers, at.currency);
  const asOf = at.asOf ?? viewing.today(null);
  // Before the loans: what is recorded between the two reads is then later than the answer says.
  const unplacedAt = at.knownAt === undefined ? await unplacedKnownAt(sql, asked) : new Map<string, string>();
  const list = (): Promise<LoanKey[]> => loansInCurrencies(sql, asked);
  const views = await viewLoans(sql, viewing, { list, isOfOneCustomer: asked.length === 1 }, at);
  if (!Array.isArray(views)) return views;
  const viewsOf = Map.groupBy(views, ({ state }) => state.customerId);
  const known = asked.map((each) => {
    const own = viewsOf.get(each.customerId) ?? [];
    return { ...each, views: own, knownAt: at.knownAt ?? later(latestKnown(own), unplacedAt.get(each.customerId)) };
  });
  const unplaced = await unplacedCredits(sql, known, at.asOf ?? null);
  const balances = known.map(({ customerId, currency, limit, views: own, knownAt }) => {
    const placed = own.reduce((sum, { credited }) => sum + credited, 0n);
    const credit = placed + (unplaced.get(customerId) ?? 0n);
    return [customerId, { asOf, knownAt, currency, limit, ...sumsOf(own), credit }] as const;
  });
  return new Map(balances);
}

interface Asked {
  readonly customerId: string;
  readonly currency: string;
  readonly limit: bigint | null;
}

async function inCurrencies(sql: Sql, customers: readonly Customer[], currency: string | undefined): Promise<Asked[]> {
  const unsaid = customers.filter(({ creditLimit }) => currency === undefined && creditLimit === null);
  const sole = await soleCurrencies(
    sql,
    unsaid.map(({ id }) => id),
  );
  return customers.flatMap(({ id, creditLimit }) => {
    const own = currency ?? creditLimit?.currency ?? sole.get(id);
    if (own === undefined) return [];
    return [{ customerId: id, currency: own, limit: creditLimit?.currency === own ? creditLimit.minor : null }];
  });
}

function sumsOf(views: readonly LoanView[]): Pick<CustomerBalance, 'pending' | 'active' | 'exposure' | 'outstanding'> {
  let [pending, active, total] = [0n, 0n, 0n];
  for (const { state, asOf } of views) {
    const owed = outstanding(state, asOf);
    if (state.status === 'pending' || state.status === 'approved') pending += plannedPrincipal(state);
    else active += owed.principal;
    total += owed.total;
  }
  return { pending, active, exposure: pending + active, outstanding: total };
}

/** What a loan would owe, fees lent on top included. */
const plannedPrincipal = ({ instalments }: LoanView['state']): bigint =>
  instalments.reduce((sum, { principal }) => sum + principal, 0n);

const later = (one: string | null, other: string | undefined): string | null =>
  one === null || (other !== undefined && other > one) ? (other ?? one) : one;

/** When credit that no loan took was last recorded or spent, of those of whom there ever was any. */
async function unplacedKnownAt(sql: Sql, asked: readonly Asked[]): Promise<Map<string, string>> {
  const rows = await sql.query<{ customer_id: string; known_at: string | null }>(selectUnplacedKnown, [
    asked.map(({ customerId }) => customerId),
    asked.map(({ currency }) => currency),
    NO_LOAN,
  ]);
  return new Map(rows.flatMap(({ customer_id, known_at }) => (known_at === null ? [] : [[customer_id, known_at]])));
}

async function unplacedCredits(
  sql: Sql,
  asked: readonly (Asked & { readonly knownAt: string | null })[],
  asOf: LocalDate | null,
): Promise<Map<string, bigint>> {
  const rows = await sql.query<{ customer_id: string; credit: bigint }>(selectUnplaced, [
    asked.map(({ customerId }) => customerId),
    asked.map(({ currency }) => currency),
    asked.map(({ knownAt }) => knownAt),
    asOf,
    NO_LOAN,
  ]);
  return new Map(rows.map(({ customer_id, credit }) => [customer_id, credit]));
}
