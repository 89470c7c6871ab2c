import { readFile } from 'node:fs/promises';
import { date } from '@tenor/calendar';
import { type AppliedCredits, checkAppliedCredits, PAGE_LIMIT_MAX, type Refusal } from '@tenor/contracts';
import { isRefusal } from '@tenor/service-kit';
import { minorUnits } from '../loan-accounts/minor-units.ts';
import type { BillingBooks } from './billing-books.ts';
import type { AppliedPayment, Credit } from './reconciliation.ts';

export interface BillingClientOptions {
  /** Where billing listens, without a path. */
  readonly url: string;
  /** File of a token of role `service`, read at each use; undefined where billing asks for none. */
  readonly tokenFile: string | undefined;
}

const TIMEOUT_MS = 5_000;
const RETRY_AFTER_SECONDS = 5;

/** Reads billing's internal list over HTTP. */
export function createBillingClient(options: BillingClientOptions): BillingBooks {
  const ask = (query: Readonly<Record<string, string>>) => askBilling(options, query);
  return {
    async list({ from, to }, after) {
      const cursor = after === undefined ? {} : { cursor: `${after.valueDate}/${after.paymentId}` };
      const page = await ask({ from, to, limit: String(PAGE_LIMIT_MAX), ...cursor });
      return isRefusal(page) ? page : { items: page.data.map(toPayment), hasMore: page.next_cursor !== null };
    },
    async look(paymentIds) {
      const page = await ask({ payment_ids: paymentIds.join(',') });
      if (isRefusal(page)) return page;
      if (page.next_cursor !== null) throw new Error('Billing told of some of the payments only');
      return {
        payments: new Map(page.data.map((payment) => [payment.payment_id, toPayment(payment)])),
        progress: new Map(page.progress.map(({ partition, next_offset }) => [partition, BigInt(next_offset)])),
        putAside: new Set(page.put_aside),
        unpublished: new Set(page.unpublished),
      };
    },
  };
}

async function askBilling(
  { url, tokenFile }: BillingClientOptions,
  query: Readonly<Record<string, string>>,
): Promise<AppliedCredits | Refusal> {
  const headers = await authorization(tokenFile).catch(() => undefined);
  if (headers === undefined) return unavailable('The service token cannot be read.');
  const target = `${url.replace(/\/$/, '')}/internal/v1/applied-credits?${new URLSearchParams(query)}`;
  const request = { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) } as const;
  const response = await fetch(target, request).catch(() => undefined);
  if (response === undefined) return unavailable('Billing cannot be reached.');
  if (!response.ok) return unavailable(`Billing answered ${response.status}.`);
  const answer: unknown = await response.json().catch(() => undefined);
  if (answer === undefined) return unavailable('What billing answered cannot be read.');
  const fault = checkAppliedCredits(answer);
  if (fault !== undefined) throw new Error(`Billing's answer: ${fault.pointer} ${fault.message}`);
  return answer as AppliedCredits;
}

async function authorization(tokenFile: string | undefined): Promise<Record<string, string>> {
  if (tokenFile === undefined) return {};
  return { authorization: `Bearer ${(await readFile(tokenFile, 'utf8')).trim()}` };
}

function unavailable(detail: string): Refusal {
  return { refused: 'billing_unavailable', detail, meta: { retry_after_seconds: RETRY_AFTER_SECONDS } };
}

function toPayment({ payment_id: paymentId, value_date, credits }: AppliedCredits['data'][number]): AppliedPayment {
  return { paymentId, valueDate: date(value_date), credits: credits.map(toCredit) };
}

function toCredit(credit: AppliedCredits['data'][number]['credits'][number]): Credit {
  const { customer_id: customerId, loan_id: loanId, kind, currency } = credit;
  const [applied, credited] = [minorUnits(credit.applied, currency), minorUnits(credit.credited, currency)];
  return { customerId, loanId, kind, currency, applied, credited };
}
