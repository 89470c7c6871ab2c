import { isCurrency, parseAmount } from '@tenor/money';
import type { ProviderResult } from '../payments/provider-result.ts';

/** What a provider says became of a charge or a payout: by a webhook, when asked, or by refusing the call itself. */
export interface ProviderOutcome {
  provider: string;
  /** Our id of the payment or refund, as the provider was given it. */
  reference: string;
  result: ProviderResult;
}

/** How a provider answered a call. A fault (no answer, a 5xx, our own wrong key) says nothing, and is tried again. */
export type ProviderAnswer =
  | { kind: 'accepted'; reference: string }
  | { kind: 'refused'; failureCode: string }
  | { kind: 'faulted'; reason: string };

/** How a provider answered the question what became of a call. `unknown`: it has none of this reference. */
export type ProviderStatus =
  | { kind: 'concluded'; result: ProviderResult }
  | { kind: 'pending' }
  | { kind: 'unknown' }
  | { kind: 'faulted'; reason: string };

/** Only these say that the provider has understood the call and will not do it, now or later. */
const refusedStatuses: ReadonlySet<number> = new Set([400, 402, 422]);

const NO_CODE = 'refused_by_provider';
/** With a 404: the provider itself has no such call. Any other 404 may come from a proxy, or from a wrong address. */
const NOT_FOUND = 'not_found';
const codeForm = /^[a-z][a-z0-9_]{0,63}$/;

/** What an answer means, from its status and its decoded body. */
export function answerOfProvider(status: number, body: unknown): ProviderAnswer {
  const { id, code } = fieldsOf(body);
  if (status >= 200 && status < 300) {
    return typeof id === 'string' && id !== ''
      ? { kind: 'accepted', reference: id }
      : { kind: 'faulted', reason: `status ${status} without an id` };
  }
  if (!refusedStatuses.has(status)) return { kind: 'faulted', reason: `status ${status}` };
  return { kind: 'refused', failureCode: failureCodeOf(code) };
}

/** What a provider says became of the call `reference` (our id), from the HTTP status and the decoded body. */
export function statusOfProvider(httpStatus: number, body: unknown, reference: string): ProviderStatus {
  const { reference: told, status, code, ...fields } = fieldsOf(body);
  if (httpStatus === 404 && code === NOT_FOUND) return { kind: 'unknown' };
  if (httpStatus !== 200) return { kind: 'faulted', reason: `status ${httpStatus}` };
  if (told !== reference) return { kind: 'faulted', reason: 'an answer about another reference' };
  switch (status) {
    case 'succeeded':
    case 'failed':
      return { kind: 'concluded', result: resultOf(status, fields) };
    case 'pending':
      return { kind: 'pending' };
    default:
      return { kind: 'faulted', reason: 'an answer without a known status' };
  }
}

/** A result from the fields that tell it. An amount that cannot be read counts as none, which nothing matches. */
export function resultOf(status: 'succeeded' | 'failed', fields: ResultFields): ProviderResult {
  const { amount, currency, failure_code: failureCode } = fields;
  return status === 'succeeded'
    ? { succeeded: true, amount: minorUnits(amount, currency), currency: String(currency) }
    : { succeeded: false, failureCode: failureCodeOf(failureCode), wasMade: 'yes' };
}

/** A provider's code in our form, so that it can travel in an event. */
export function failureCodeOf(code: unknown): string {
  return typeof code === 'string' && codeForm.test(code) ? code : NO_CODE;
}

interface ResultFields {
  readonly amount?: unknown;
  readonly currency?: unknown;
  readonly failure_code?: unknown;
}

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function minorUnits(amount: unknown, currency: unknown): bigint {
  if (typeof amount !== 'string' || typeof currency !== 'string' || !isCurrency(currency)) return 0n;
  const minor = parseAmount(amount, currency);
  return typeof minor === 'bigint' ? minor : 0n;
}
