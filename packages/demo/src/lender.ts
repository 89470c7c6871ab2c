import type { LocalDate } from '@tenor/calendar';
import { type Client, created } from './client.ts';

export interface Money {
  readonly amount: string;
  readonly currency: string;
}
export interface Loan {
  readonly id: string;
  readonly status: string;
  readonly total: Money;
  readonly outstanding: Money;
  readonly is_delinquent: boolean;
}
export interface Instalment {
  readonly number: number;
  readonly due_date: LocalDate;
  readonly principal: string;
  readonly interest: string;
  readonly fee: string;
  readonly total: string;
  readonly unpaid: string;
}
export interface Quote {
  readonly instalments: readonly Instalment[];
  readonly net_disbursed: string;
  readonly total: string;
  readonly total_cost: string;
  readonly total_fees: string;
  readonly apr: { readonly reg_z: string | null; readonly eu: string | null };
}
export interface Offers {
  readonly offers: readonly Quote[];
  readonly cheapest: number | null;
}
export interface Payment {
  readonly id: string;
  readonly status: string;
  readonly allocations: readonly { readonly loan_id: string; readonly amount: string }[];
  readonly unapplied: string;
  readonly code?: string;
}
export interface Outstanding {
  readonly known_at: string;
  readonly principal: string;
  readonly interest: string;
  readonly fee: string;
  readonly penalty: string;
  readonly total: string;
  readonly due_now: string;
}
/** A loan as a simulation says that it would be. */
export interface Simulated {
  readonly outstanding: Outstanding;
  readonly schedule: { readonly instalments: readonly Instalment[] };
}
/** Sums of all postings in a currency. */
export interface TrialBalance {
  readonly currency: string;
  readonly debits: string;
  readonly credits: string;
  readonly accounts: readonly { readonly account: string; readonly balance: string }[];
}
export interface Checked {
  readonly status: string;
  readonly total: number;
  readonly done: number;
}
export interface Delinquency {
  readonly is_delinquent: boolean;
  readonly consecutive_missed: number;
  readonly days_past_due: number;
  readonly arrears: string;
}

const WAIT_S = 5;
const CHECK_LOOKS_MAX = 200;
const CHECK_PAUSE_MS = 50;

/** What a lender does and looks at in the story, each by the public API. `run` makes ids and keys of one telling unique. */
export function lender(client: Client, run: string) {
  const send = <T>(path: string, body: unknown, key: string) =>
    client.post<T>(path, body, { 'idempotency-key': `${run}-${key}` });
  return {
    ...books(client),
    async customer(firstName: string): Promise<string> {
      const body = { external_id: `${run}-${firstName}`, first_name: firstName };
      return created(await send<{ id: string }>('/v1/customers', body, `customer-${firstName}`), 'the customer').id;
    },
    /** What loans on these terms would cost, side by side; nothing is stored. */
    async compare(offers: readonly Readonly<Record<string, unknown>>[]): Promise<Offers> {
      return created(await client.post<Offers>('/v1/quotes', { offers }), 'the offers');
    },
    async open(customerId: string, request: Readonly<Record<string, unknown>>): Promise<Loan> {
      const body = { customer_id: customerId, ...request };
      return created(await client.post<Loan>('/v1/loans', body), 'the loan');
    },
    /** Sends a payment and waits until billing has applied it. */
    pay: (customerId: string, money: Money, key: string, more: Readonly<Record<string, unknown>> = {}) =>
      client.post<Payment>(
        '/v1/payments',
        { customer_id: customerId, amount: money, ...more },
        { 'idempotency-key': `${run}-${key}`, prefer: `wait=${WAIT_S}` },
      ),
    reverse: (paymentId: string, key: string) =>
      send<Payment>(`/v1/payments/${paymentId}/reverse`, { reason: 'paid by mistake' }, key),
    /** Makes the product unless it is there from an earlier telling. */
    async product(product: Readonly<Record<string, unknown>>): Promise<void> {
      if ((await client.find(`/v1/products/${product['code']}`)) !== undefined) return;
      created(await send('/v1/products', product, `product-${product['code']}`), 'the product');
    },
    /** Changes a live loan by the route of this name. */
    async change(loanId: string, command: string, body: unknown, key: string): Promise<Loan> {
      return created(await send<Loan>(`/v1/loans/${loanId}/${command}`, body, key), command);
    },
    /** What the change would make of the loan; nothing is written. */
    async simulate(loanId: string, command: string, body: unknown): Promise<Simulated> {
      return created(await client.post<Simulated>(`/v1/loans/${loanId}/simulate`, { command, body }), command);
    },
    /** Runs the daily check of a day to its end. */
    async checkDay(day: string, key: string): Promise<Checked> {
      let checked = created(await send<Checked>('/v1/end-of-day', { date: day }, key), 'the daily check');
      for (let looks = 0; looks < CHECK_LOOKS_MAX && checked.status !== 'finished'; looks += 1) {
        await new Promise((resolve) => setTimeout(resolve, CHECK_PAUSE_MS));
        checked = await client.get<Checked>(`/v1/end-of-day/${day}`);
      }
      return checked;
    },
  };
}

/** What a lender looks at. */
function books(client: Client) {
  return {
    async schedule(loanId: string, query = ''): Promise<readonly Instalment[]> {
      return (await client.get<{ instalments: Instalment[] }>(`/v1/loans/${loanId}/schedule${query}`)).instalments;
    },
    loan: (loanId: string) => client.get<Loan>(`/v1/loans/${loanId}`),
    outstanding: async (loanId: string) =>
      (await client.get<{ total: string }>(`/v1/loans/${loanId}/outstanding`)).total,
    /** All that is owed by its parts; `at` is a query such as `?as_of=2026-01-08`. */
    owed: (loanId: string, at = '') => client.get<Outstanding>(`/v1/loans/${loanId}/outstanding${at}`),
    delinquency: (loanId: string, at = '') => client.get<Delinquency>(`/v1/loans/${loanId}/delinquency${at}`),
    payoff: async (loanId: string, strategy: string) =>
      (await client.get<{ total: string }>(`/v1/loans/${loanId}/payoff-quote?strategy=${strategy}`)).total,
    /** All postings in a currency summed; undefined where there are none. */
    async trialBalance(currency: string): Promise<TrialBalance | undefined> {
      const path = `/v1/reports/trial-balance?currency=${currency}`;
      return (await client.get<{ currencies: TrialBalance[] }>(path)).currencies[0];
    },
    /** Of the customer's payments, those of which the books of payment and billing differ. */
    async differences(customerId: string, from: string, to: string): Promise<readonly unknown[]> {
      const { data } = await client.get<{ data: { customer_id: string }[] }>(
        `/v1/reconciliation?from=${from}&to=${to}&limit=200`,
      );
      return data.filter((difference) => difference.customer_id === customerId);
    },
    credit: async (customerId: string, currency: string) =>
      (await client.get<{ credit: string }>(`/v1/customers/${customerId}/balance?currency=${currency}`)).credit,
    proof: (loanId: string) => client.get<Readonly<Record<string, unknown>>>(`/v1/loans/${loanId}/proof`),
  };
}

export type Lender = ReturnType<typeof lender>;
