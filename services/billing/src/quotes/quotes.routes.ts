import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { openPress, toCsv } from '@tenor/documents';
import {
  type App,
  answerFormat,
  answerIn,
  type Database,
  type Format,
  formatQuery,
  isRefusal,
  nextTurn,
  sendDocument,
} from '@tenor/service-kit';
import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { findClosedDays } from '../calendars/calendars.store.ts';
import { closedDaysNamed } from '../products/closed-days.ts';
import { productsFor } from '../products/products.store.ts';
import { cheapest, type Quote, quote } from './quote.ts';
import { quoteJson } from './quote-json.ts';
import { offersPaper, quotePaper } from './quote-paper.ts';
import { type AskedQuote, askedQuotes, firstDayOf, pointed, quoteInput } from './quote-request.ts';
import { offersTable, quoteTable } from './quote-table.ts';
import { QuotesAnswerSchema, QuotesBodySchema } from './quotes.schemas.ts';

const answerNote =
  'One quote, or all offers. CSV has a row for each instalment; of offers the rows of one are below those of another, each with the number of its offer (from 1), its product, its costs and its annual rates. PDF has the offers side by side with their costs and annual rates, then each with its terms and instalments.';

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
        own: 'nobody',
        refusals: [
          'not_found',
          'product_not_valid',
          'not_acceptable',
          'currency_mismatch',
          'terms_not_allowed',
          'terms_invalid',
          'principal_out_of_bounds',
        ],
      },
      schema: {
        summary: 'Show the schedule, costs and annual rates that terms give, or compare several offers; stores nothing',
        tags: ['quotes'],
        querystring: Type.Object(formatQuery, { additionalProperties: false }),
        body: QuotesBodySchema,
        response: { 200: answerIn(QuotesAnswerSchema, ['csv', 'pdf'], answerNote) },
      },
    },
    async (request, reply) => {
      const format = answerFormat(request, reply, ['json', 'csv', 'pdf']);
      if (isRefusal(format)) return format;
      const asked = askedQuotes(request.body);
      if (isRefusal(asked)) return asked;
      const quotes = await quoteAll(dependencies, asked);
      if (isRefusal(quotes)) return quotes;
      const [only] = quotes;
      return request.body.offers === undefined && only !== undefined
        ? answerOne(reply, format, only, dependencies)
        : answerSeveral(reply, format, quotes, dependencies);
    },
  );
}

async function answerOne(reply: FastifyReply, format: Format, only: Quote, { today }: QuotesDependencies) {
  if (format === 'json') return quoteJson(only);
  const { header, rows } = quoteTable(only);
  if (format === 'csv') return sendDocument(reply, format, 'quote', toCsv(header, rows));
  const madeOn = today(null);
  const { renderPdf, isPrintable } = await openPress();
  return sendDocument(reply, format, 'quote', await renderPdf(quotePaper(only, madeOn, isPrintable), new Date(madeOn)));
}

async function answerSeveral(
  reply: FastifyReply,
  format: Format,
  quotes: readonly Quote[],
  { today }: QuotesDependencies,
) {
  if (format === 'json') return { offers: quotes.map(quoteJson), cheapest: cheapest(quotes) };
  const { header, rows } = offersTable(quotes);
  if (format === 'csv') return sendDocument(reply, format, 'offers', toCsv(header, rows));
  const madeOn = today(null);
  const { renderPdf, isPrintable } = await openPress();
  return sendDocument(
    reply,
    format,
    'offers',
    await renderPdf(offersPaper(quotes, madeOn, isPrintable), new Date(madeOn)),
  );
}

/** All quotes, or the refusal of the first that cannot be made. Others have their turn between two of them. */
async function quoteAll(
  { database, today }: QuotesDependencies,
  asked: readonly AskedQuote[],
): Promise<Quote[] | Refusal> {
  const named = asked.flatMap(({ request }) => {
    const { product: code } = request;
    return code === undefined ? [] : [{ request, code, on: firstDayOf(request) }];
  });
  const found = named.length === 0 ? [] : await productsFor(database, named, today);
  const products = new Map(named.map(({ request }, index) => [request, found[index]]));
  const inputs = asked.map((each) => ({ each, input: quoteInput(each, products.get(each.request) ?? null, today) }));
  const calendars = await findClosedDays(
    database,
    inputs.map(({ input }) => (isRefusal(input) ? null : input.terms.calendar)),
  );
  const quotes: Quote[] = [];
  for (const { each, input } of inputs) {
    if (isRefusal(input)) return input;
    const closedDays = closedDaysNamed(input.terms.calendar, calendars);
    const answer = isRefusal(closedDays) ? closedDays : quote({ ...input, closedDays });
    if (isRefusal(answer)) return pointed(each, answer);
    quotes.push(answer);
    await nextTurn();
  }
  return quotes;
}
