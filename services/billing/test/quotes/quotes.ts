import { date, NEVER_CLOSED } from '@tenor/calendar';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms } from '../../src/products/terms.ts';
import { type Quote, type QuoteInput, quote } from '../../src/quotes/quote.ts';
import { minor } from '../schedules/plans.ts';

/** A quote in USD from readable input; throws where it would be refused. */
export function quoted(
  given: GivenTerms,
  disbursements: readonly (readonly [on: string, amount: string])[],
  product: QuoteInput['product'] = null,
): Quote {
  const terms = completeTerms(given, 'USD');
  if ('refused' in terms) throw new Error(terms.detail);
  const answer = quote({
    product,
    terms,
    currency: 'USD',
    disbursements: disbursements.map(([on, amount]) => ({ on: date(on), amount: minor(amount) })),
    closedDays: NEVER_CLOSED,
  });
  if ('refused' in answer) throw new Error(answer.detail);
  return answer;
}
