import { camelCased, snakeCased } from '../products/json-names.ts';
import { completePolicy } from '../products/policy.ts';
import { storedTerms } from '../products/terms.ts';
import type { JournalEvent } from './imported-payments.ts';
import type { LoanEventPayloads } from './loan-event.ts';

/** A payload as the journal stores and shows it: snake_case, as in all other JSON that leaves the process. */
export const storedPayload = (payload: object): object => snakeCased(payload);

/** The inverse of `storedPayload`; what an older payload did not know yet has its default. */
export function payloadOf(type: JournalEvent['type'], stored: object): object {
  const payload = camelCased(stored);
  if (type !== 'opened') return payload;
  const opened = payload as LoanEventPayloads['opened'];
  return { ...opened, terms: storedTerms(opened.terms), policy: completePolicy(opened.policy) };
}
