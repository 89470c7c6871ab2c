import { date, type LocalDate, NEVER_CLOSED } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { formatAmount, type Money } from '@tenor/money';
import { type App, type Database, isRefusal } from '@tenor/service-kit';
import { invalid, readMoney } from '../customers/money-input.ts';
import { checkPrincipal, termsFor } from '../products/product.ts';
import { noProduct, productsFor } from '../products/products.store.ts';
import { completeTerms } from '../products/term-rules.ts';
import type { Terms } from '../products/terms.ts';
import { termsFromJson, termsToJson } from '../products/terms-json.ts';
import { aprOf } from './apr.ts';
import { type QuoteJson, type QuoteRequest, QuotesAnswerSchema, QuotesBodySchema } from './quotes.schemas.ts';
import { buildSchedule, type PlannedInstalment, totalOf } from './schedule.ts';
import { plannedJson } from './schedule-json.ts';

export interface QuotesDependencies {
  readonly database: Database;
  /** The business date in a product's time zone; null is the installation's. */
  readonly today: (timeZone: string | null) => LocalDate;
}

export function quotesRoutes(app: App, dependencies: QuotesDependencies): void {
  app.post(
    '/v1/quotes',
    {
      config: {
        permission: 'quotes:read',
        refusals: [
          'not_found',
          'product_not_valid',
          'currency_mismatch',
          'terms_not_allowed',
          'terms_invalid',
          'principal_out_of_bounds',
        ],
      },
      schema: {
        summary: 'Show the schedule, totals and APR that terms give; stores nothing',
        tags: ['quotes'],
        body: QuotesBodySchema,
        response: { 200: QuotesAnswerSchema },
      },
    },
    async (request) => {
      const { offers, principal, ...rest } = request.body;
      if (offers === undefined) {
        if (principal === undefined) return invalid('/principal', 'required', 'is required');
        return quote(dependencies, { ...rest, principal }, '');
      }
      if (principal !== undefined || Object.keys(rest).length > 0) {
        return invalid('/offers', 'alone', 'takes no other field beside it');
      }
      const quotes: QuoteJson[] = [];
      for (const [index, offer] of offers.entries()) {
        const answer = await quote(dependencies, offer, `/offers/${index}`);
        if (isRefusal(answer)) return answer;
        quotes.push(answer);
      }
      return { offers: quotes };
    },
  );
}

async function quote(
  { database, today }: QuotesDependencies,
  request: QuoteRequest,
  pointer: string,
): Promise<QuoteJson | Refusal> {
  const principal = readMoney(request.principal, `${pointer}/principal`);
  if (isRefusal(principal)) return principal;
  const given = termsFromJson(request.terms ?? {});
  let timeZone: string | null = null;
  let terms: Terms | Refusal;
  if (request.product === undefined) {
    if (request.terms === undefined) return invalid(`${pointer}/terms`, 'required', 'or product is required');
    terms = completeTerms(given, principal.currency);
  } else {
    const on = request.disbursed_on === undefined ? null : date(request.disbursed_on);
    const [product = noProduct(request.product)] = await productsFor(database, [{ code: request.product, on }], today);
    if (isRefusal(product)) return product;
    const refusal = checkPrincipal(product, principal);
    if (refusal !== undefined) return refusal;
    timeZone = product.policy.timeZone;
    terms = termsFor(product, given);
  }
  if (isRefusal(terms)) return terms;
  const disbursedOn = request.disbursed_on === undefined ? today(timeZone) : date(request.disbursed_on);
  const disbursements = [{ on: disbursedOn, amount: principal.minor }];
  const schedule = buildSchedule({ terms, currency: principal.currency, disbursements, closedDays: NEVER_CLOSED });
  if (isRefusal(schedule)) return schedule;
  return present(terms, principal, disbursedOn, schedule.instalments);
}

function present(
  terms: Terms,
  principal: Money,
  disbursedOn: LocalDate,
  instalments: readonly PlannedInstalment[],
): QuoteJson {
  const { currency } = principal;
  const text = (minor: bigint): string => formatAmount(minor, currency);
  const totalInterest = instalments.reduce((sum, { interest }) => sum + interest, 0n);
  return {
    instalments: instalments.map((instalment) => plannedJson(instalment, currency)),
    total_interest: text(totalInterest),
    total: text(instalments.reduce((sum, instalment) => sum + totalOf(instalment), 0n)),
    currency,
    apr: aprOf(principal.minor, disbursedOn, instalments, terms.frequency),
    disbursed_on: disbursedOn,
    terms: termsToJson(terms) as QuoteJson['terms'],
  };
}
