import { date } from '@tenor/calendar';
import {
  type AppliedCredits,
  type BookPage,
  checkAppliedCredits,
  checkDecidedRefunds,
  checkImportedPayments,
  type DecidedRefunds,
  type ImportedPayments,
  PAGE_LIMIT_MAX,
  type Refusal,
} from '@tenor/contracts';
import { isRefusal, type TokenSource } from '@tenor/service-kit';
import { minorUnits } from '../loan-accounts/minor-units.ts';
import type { BillingBook, BillingBooks } from './billing-books.ts';
import type { AppliedPayment, Credit } from './reconciliation.ts';
import type { DecidedRefund, RefundDecision } from './refund-comparison.ts';
import type { Position } from './stretch.ts';

export interface BillingClientOptions {
  /** Where billing listens, without a path. */
  readonly url: string;
  /** Of tokens of role `service`; undefined where billing asks for none. */
  readonly tokens: TokenSource | undefined;
}

const TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

/** Reads billing's internal lists over HTTP. */
export function createBillingClient(options: BillingClientOptions): BillingBooks {
  return {
    payments: openBook(options, { path: 'applied-credits', check: checkAppliedCredits, toEntry: toPayment }),
    refunds: openBook(options, { path: 'decided-refunds', check: checkDecidedRefunds, toEntry: toRefund }),
    async imported({ from, to }) {
      const query = new URLSearchParams({ from, to });
      const answer = await askBilling(options, `/internal/v1/imported-payments?${query}`);
      if (isRefusal(answer)) return answer;
      const { data } = checked<ImportedPayments>(answer, checkImportedPayments);
      return data.map(({ currency, count, amount }) => ({ currency, count, amount: minorUnits(amount, currency) }));
    },
  };
}

/** The answer as what billing promises. */
function checked<Answer>(answer: object, check: typeof checkAppliedCredits): Answer {
  const fault = check(answer);
  if (fault !== undefined) throw new Error(`Billing's answer: ${fault.pointer} ${fault.message}`);
  return answer as Answer;
}

interface Reading<Item, Entry> {
  readonly path: string;
  readonly check: typeof checkAppliedCredits;
  readonly toEntry: (item: Item) => Entry;
}

function openBook<Item, Entry extends Position>(
  options: BillingClientOptions,
  { path, check, toEntry }: Reading<Item, Entry>,
): BillingBook<Entry> {
  async function ask(query: Readonly<Record<string, string>>): Promise<BookPage<Item> | Refusal> {
    const answer = await askBilling(options, `/internal/v1/${path}?${new URLSearchParams(query)}`);
    return isRefusal(answer) ? answer : checked<BookPage<Item>>(answer, check);
  }
  return {
    async list({ from, to }, after) {
      const cursor = after === undefined ? {} : { cursor: `${after.date}/${after.id}` };
      const page = await ask({ from, to, limit: String(PAGE_LIMIT_MAX), ...cursor });
      return isRefusal(page) ? page : { items: page.data.map(toEntry), hasMore: page.next_cursor !== null };
    },
    async look(ids) {
      const page = await ask({ ids: ids.join(',') });
      if (isRefusal(page)) return page;
      if (page.next_cursor !== null) throw new Error('Billing told of some of what was asked for only');
      return {
        entries: new Map(page.data.map(toEntry).map((entry) => [entry.id, entry])),
        progress: new Map(page.progress.map(({ partition, next_offset }) => [partition, BigInt(next_offset)])),
        putAside: new Set(page.put_aside),
        unpublished: new Set(page.unpublished),
      };
    },
  };
}

/** Billing's answer, to a question in the body where there is one; refuses `billing_unavailable`. */
export async function askBilling(
  { url, tokens }: BillingClientOptions,
  path: string,
  question?: object,
): Promise<object | Refusal> {
  const headers = await authorization(tokens).catch(() => undefined);
  if (headers === undefined) return unavailable('No service token can be had.');
  const asked = question && { method: 'POST', body: JSON.stringify(question) };
  const request = {
    ...asked,
    headers: { ...headers, ...(asked && { 'content-type': 'application/json' }) },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  } as const;
  const response = await fetch(`${url.replace(/\/$/, '')}${path}`, request).catch(() => undefined);
  if (response === undefined) return unavailable('Billing cannot be reached.');
  if (response.status === 401) tokens?.refused();
  if (!response.ok) return unavailable(`Billing answered ${response.status}.`);
  const answer: unknown = await response.json().catch(() => undefined);
  return isObject(answer) ? answer : unavailable('What billing answered cannot be read.');
}

const isObject = (answer: unknown): answer is object => typeof answer === 'object' && answer !== null;

async function authorization(tokens: TokenSource | undefined): Promise<Record<string, string>> {
  return tokens === undefined ? {} : { authorization: `Bearer ${await tokens.token()}` };
}

function unavailable(detail: string): Refusal {
  return { refused: 'billing_unavailable', detail, meta: { retry_after_seconds: RETRY_AFTER_SECONDS } };
}

function toPayment({ payment_id: id, value_date, credits }: AppliedCredits['data'][number]): AppliedPayment {
  return { id, date: date(value_date), credits: credits.map(toCredit) };
}

function toCredit(credit: AppliedCredits['data'][number]['credits'][number]): Credit {
  const { customer_id: customerId, loan_id: loanId, kind, currency } = credit;
  const [applied, credited] = [minorUnits(credit.applied, currency), minorUnits(credit.credited, currency)];
  return { customerId, loanId, kind, currency, applied, credited };
}

function toRefund({ refund_id: id, value_date, decisions }: DecidedRefunds['data'][number]): DecidedRefund {
  return { id, date: date(value_date), decisions: decisions.map(toDecision) };
}

function toDecision(decision: DecidedRefunds['data'][number]['decisions'][number]): RefundDecision {
  const { customer_id: customerId, currency, amount, status, reason } = decision;
  return { customerId, currency, amount: minorUnits(amount, currency), status, reason };
}
