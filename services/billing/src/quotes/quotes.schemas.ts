import {
  AmountSchema,
  BookDateSchema,
  CurrencySchema,
  DateSchema,
  PositiveAmountSchema,
  PositiveMoneySchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import {
  DISBURSEMENTS_MAX,
  GivenTermsSchema,
  ProductCodeSchema,
  plannedInstalment,
  TermsSchema,
} from '../products/terms.schemas.ts';
import { noRateReasons } from '../schedules/apr.ts';

const OFFERS_MAX = 20;

const closed = { additionalProperties: false };
const orNull = <T extends typeof DateSchema | ReturnType<typeof Type.Integer>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

const request = {
  product: Type.Optional(ProductCodeSchema),
  terms: Type.Optional(GivenTermsSchema),
  principal: { ...PositiveMoneySchema, description: 'What is asked for, before any fee' },
  disbursed_on: Type.Optional({ ...BookDateSchema, description: 'Left out: today' }),
  disbursements: Type.Optional(
    Type.Array(Type.Object({ on: BookDateSchema, amount: PositiveAmountSchema }, closed), {
      minItems: 1,
      maxItems: DISBURSEMENTS_MAX,
      description: 'Paid out in parts, in the order of their days, beside no disbursed_on; they sum to the principal',
      examples: [
        [
          { on: '2026-01-01', amount: '600.00' },
          { on: '2026-03-01', amount: '400.00' },
        ],
      ],
    }),
  ),
};
const QuoteRequestSchema = Type.Object(request, {
  ...closed,
  description: 'A product, terms, or both where the product lets terms be given',
});
export type QuoteRequest = Static<typeof QuoteRequestSchema>;

export const QuotesBodySchema = Type.Object(
  {
    ...request,
    principal: Type.Optional(request.principal),
    offers: Type.Optional(
      Type.Array(QuoteRequestSchema, {
        minItems: 1,
        maxItems: OFFERS_MAX,
        description: 'Several quotes at once, beside nothing else',
      }),
    ),
  },
  closed,
);
export type QuotesBody = Static<typeof QuotesBodySchema>;

const RateSchema = Type.Union([Type.String({ pattern: '^\\d{1,13}\\.\\d{2}$', examples: ['19.78'] }), Type.Null()]);

/** Both annual percentage rates (docs/apr.md). */
export const AprSchema = Type.Object(
  {
    reg_z: { ...RateSchema, description: 'Percent by Regulation Z, Appendix J' },
    eu: { ...RateSchema, description: 'Effective percent by the Consumer Credit Directive' },
    reason: Type.Union([Type.Enum([...noRateReasons]), Type.Null()], {
      description: 'Why a rate is null: nothing is advanced, less is repaid than advanced, or it is above 10¹² percent',
    }),
  },
  closed,
);

export const QuoteSchema = Type.Object(
  {
    product: Type.Union([ProductCodeSchema, Type.Null()]),
    product_version: orNull(Type.Integer({ minimum: 1 })),
    instalments: Type.Array(Type.Object(plannedInstalment, closed)),
    total_interest: AmountSchema,
    total_fees: { ...AmountSchema, description: 'Fees and tax: deducted, financed and of the instalments' },
    total_cost: { ...AmountSchema, description: 'What is paid above what is received: interest, fees and tax' },
    total: { ...AmountSchema, description: 'All instalments' },
    currency: CurrencySchema,
    principal: { ...AmountSchema, description: 'What is owed: disbursed, and fees that are lent on top' },
    deducted_fees: AmountSchema,
    financed_fees: AmountSchema,
    net_disbursed: { ...AmountSchema, description: 'What the borrower receives in all' },
    apr: AprSchema,
    disbursed_on: orNull(DateSchema),
    disbursements: Type.Array(Type.Object({ on: DateSchema, amount: AmountSchema, paid_out: AmountSchema }, closed)),
    terms: TermsSchema,
  },
  closed,
);
export type QuoteJson = Static<typeof QuoteSchema>;

export const QuotesAnswerSchema = Type.Union([
  QuoteSchema,
  Type.Object(
    {
      offers: Type.Array(QuoteSchema, { description: 'In the order that they were asked for' }),
      cheapest: {
        ...orNull(Type.Integer({ minimum: 0 })),
        description: 'Position in `offers` of the lowest rate by Regulation Z, the first of several alike',
      },
    },
    closed,
  ),
]);
