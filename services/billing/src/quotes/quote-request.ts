import { date, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import type { Money } from '@tenor/money';
import { invalid, readMoney } from '../customers/money-input.ts';
import { checkPrincipal, type Product, termsFor } from '../products/product.ts';
import { completeTerms } from '../products/term-rules.ts';
import type { Terms } from '../products/terms.ts';
import { termsFromJson } from '../products/terms-json.ts';
import type { Disbursement } from '../schedules/schedule.ts';
import type { QuoteInput } from './quote.ts';
import type { QuoteRequest, QuotesBody } from './quotes.schemas.ts';

/** One of the quotes of a request. */
export interface AskedQuote {
  readonly request: QuoteRequest;
  /** Where in the body it stands, as a JSON pointer. */
  readonly pointer: string;
}

/** The one quote, or the offers, of a body. Refuses `validation_failed` for a body that is both or neither. */
export function askedQuotes({ offers, principal, ...rest }: QuotesBody): AskedQuote[] | Refusal {
  if (offers === undefined) {
    if (principal === undefined) return invalid('/principal', 'required', 'is required');
    return [{ request: { ...rest, principal }, pointer: '' }];
  }
  if (principal !== undefined || Object.keys(rest).length > 0) {
    return invalid('/offers', 'alone', 'takes no other field beside it');
  }
  return offers.map((request, index) => ({ request, pointer: `/offers/${index}` }));
}

/** The day on which the money is first paid out; null where the request leaves it to us. */
export function firstDayOf({ disbursed_on: on, disbursements }: QuoteRequest): LocalDate | null {
  const first = disbursements?.[0]?.on ?? on;
  return first === undefined ? null : date(first);
}

/**
 * What a quote is made of, but for the closed days of its calendar. `product` is what was found for the product that
 * it names. Refuses `validation_failed`, what the product was refused with, and what its terms and principal are.
 */
export function quoteInput(
  asked: AskedQuote,
  product: Product | Refusal | null,
  today: (timeZone: string | null) => LocalDate,
): Omit<QuoteInput, 'closedDays'> | Refusal {
  const { request, pointer } = asked;
  const principal = readMoney(request.principal, `${pointer}/principal`);
  if ('refused' in principal) return principal;
  if (product !== null && 'refused' in product) return pointed(asked, product);
  const terms = termsOf(request, pointer, principal, product);
  if ('refused' in terms) return pointed(asked, terms);
  const disbursements = disbursementsOf(request, pointer, principal, () => today(product?.policy.timeZone ?? null));
  if ('refused' in disbursements) return disbursements;
  return { product, terms, currency: principal.currency, disbursements };
}

/** The same refusal, with the place of the body that it is about where it does not name one itself. */
export function pointed({ request, pointer }: AskedQuote, refusal: Refusal): Refusal {
  const { refused: code, detail: message, meta } = refusal;
  if (code === 'validation_failed') return refusal;
  return {
    ...refusal,
    meta: { ...meta, errors: [{ pointer: pointer + fieldAtFault(request, refusal), code, message }] },
  };
}

/** As a JSON pointer into the quote request: a term that it does not give is one of its product. */
function fieldAtFault({ product, terms }: QuoteRequest, { refused, meta }: Refusal): string {
  const term = meta?.['term'];
  const whole = product === undefined ? '' : '/product';
  if (term !== undefined) return product === undefined || `${term}` in (terms ?? {}) ? `/terms/${term}` : whole;
  if (meta?.['disbursed_on'] !== undefined) return '/disbursements';
  return refused === 'principal_out_of_bounds' || refused === 'currency_mismatch' ? '/principal' : whole;
}

function termsOf({ terms }: QuoteRequest, pointer: string, principal: Money, product: Product | null): Terms | Refusal {
  const given = termsFromJson(terms ?? {});
  if (product !== null) return checkPrincipal(product, principal) ?? termsFor(product, given);
  if (terms === undefined) return invalid(`${pointer}/terms`, 'required', 'or product is required');
  return completeTerms(given, principal.currency);
}

/** The principal on one day, or the parts that the request gives. */
function disbursementsOf(
  { disbursed_on: on, disbursements }: QuoteRequest,
  pointer: string,
  principal: Money,
  today: () => LocalDate,
): Disbursement[] | Refusal {
  if (disbursements === undefined) return [{ on: on === undefined ? today() : date(on), amount: principal.minor }];
  if (on !== undefined) return invalid(`${pointer}/disbursements`, 'alone', 'takes no disbursed_on beside it');
  const parts: Disbursement[] = [];
  for (const [index, { on: day, amount }] of disbursements.entries()) {
    const part = readMoney({ amount, currency: principal.currency }, `${pointer}/disbursements/${index}`);
    if ('refused' in part) return part;
    parts.push({ on: date(day), amount: part.minor });
  }
  const sum = parts.reduce((total, { amount }) => total + amount, 0n);
  return sum === principal.minor ? parts : invalid(`${pointer}/disbursements`, 'sum', 'must sum to the principal');
}
