import { readFile } from 'node:fs/promises';
import { type Client, created } from './client.ts';
import type { Loan, Money } from './lender.ts';

export interface Kyc {
  readonly first_name: string;
  readonly last_name: string;
  readonly email: string;
  readonly mobile: string;
  readonly monthly_income: string;
}
export interface Problem {
  readonly code: string;
  readonly corrected_rate_percent?: string;
}
export interface Application extends Loan, Problem {}
export interface Score {
  readonly state: string;
  readonly score: string | null;
  readonly limit_amount: string | null;
  readonly exclusion: string | null;
}
export interface Limit {
  readonly limit: string | null;
  readonly limit_policy: string | null;
  readonly available: string | null;
}
export interface Eligibility {
  readonly decision: string;
  readonly reasons: readonly string[];
  readonly score: { readonly value: number; readonly history: { readonly past_loans: number } };
  readonly corrected_rate_percent: string | null;
  readonly instalment: string | null;
  readonly headroom_now: string | null;
  readonly headroom_with_new: string | null;
}
/** A file or an array on its way. */
export interface Job {
  readonly id: string;
  readonly status: string;
  readonly rows_total: number | null;
  readonly rows_done: number;
  readonly rows_repeated: number;
  readonly rows_refused: number;
}
export interface RefusedRow {
  readonly row: number;
  readonly refusal: { readonly code: string; readonly errors: readonly { readonly pointer: string }[] };
}
interface Customer {
  readonly id: string;
  readonly version: number;
}

const LOOKS_MAX = 600;
const PAUSE_MS = 100;

/** What the desk that decides about credit does, each by the public API. `run` makes ids and keys of one telling unique. */
export function creditDesk(client: Client, run: string) {
  const headers = (key: string) => ({ 'idempotency-key': `${run}-${key}` });
  return {
    /** The customer of this number, who may be there from an earlier telling. */
    async customer(externalId: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
      const found = await client.get<{ data: Customer[] }>(`/v1/customers?external_id=${externalId}`);
      if (found.data[0] !== undefined) return found.data[0].id;
      const body = { external_id: externalId, first_name: 'Unknown', ...more };
      return created(await client.post<Customer>('/v1/customers', body, headers(externalId)), 'the customer').id;
    },
    /** Asks core banking about the customer, and keeps the name and contact that it knows. */
    async knowCustomer(customerId: string): Promise<Kyc> {
      const kyc = created(await client.post<Kyc>(`/v1/customers/${customerId}/kyc`, {}), 'core banking');
      const { first_name, last_name, email, mobile: phone } = kyc;
      await client.patch(`/v1/customers/${customerId}`, { first_name, last_name, email, phone });
      return kyc;
    },
    apply: (customerId: string, principal: Money, more: Readonly<Record<string, unknown>> = {}) =>
      client.post<Application>('/v1/loans', { customer_id: customerId, product: 'scored', principal, ...more }),
    /** The loan once it is no longer waiting for its score. */
    async decided(loanId: string): Promise<Loan> {
      for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
        const loan = await client.get<Loan>(`/v1/loans/${loanId}`);
        if (loan.status !== 'pending') return loan;
        await pause();
      }
      throw new Error(`Loan ${loanId} is not decided`);
    },
    loan: (loanId: string) => client.get<Loan>(`/v1/loans/${loanId}`),
    score: (loanId: string) => client.get<Score>(`/v1/loans/${loanId}/score`),
    limit: (customerId: string) => client.get<Limit>(`/v1/customers/${customerId}/limit`),
    async eligibility(customerId: string, asked: Readonly<Record<string, unknown>>): Promise<Eligibility> {
      const body = { customer_id: customerId, ...asked };
      return created(await client.post<Eligibility>('/v1/eligibility', body), 'the eligibility');
    },
    /** Sends a file in and waits until each of its rows is done. */
    async importFile(path: string, fields: Readonly<Record<string, string>>): Promise<Job> {
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.append(name, value);
      form.append('file', new Blob([await readFile(path)]), path.split('/').at(-1));
      return ended(client, created(await client.upload<Job>('/v1/imports', form), 'the import'));
    },
    refusedRows: async (job: Job) =>
      (await client.get<{ data: RefusedRow[] }>(`/v1/imports/${job.id}/errors?format=json`)).data,
  };
}

export type CreditDesk = ReturnType<typeof creditDesk>;

async function ended(client: Client, job: Job): Promise<Job> {
  let now = job;
  for (let looks = 0; looks < LOOKS_MAX && (now.status === 'queued' || now.status === 'running'); looks += 1) {
    await pause();
    now = await client.get<Job>(`/v1/imports/${job.id}`);
  }
  return now;
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
