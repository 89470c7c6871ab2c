import { AmountSchema, BookDateSchema, CurrencySchema, DateSchema, PositiveMoneySchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { GivenTermsSchema, ProductCodeSchema, plannedInstalment, TermsSchema } from '../products/terms.schemas.ts';

const OFFERS_MAX = 20;

const request = {
  product: Type.Optional(ProductCodeSchema),
  terms: Type.Optional(GivenTermsSchema),
  principal: PositiveMoneySchema,
  disbursed_on: Type.Optional({ ...BookDateSchema, description: 'Left out: today' }),
};
const QuoteRequestSchema = Type.Object(request, {
  additionalProperties: false,
  description: 'A product, terms, or both where the product lets terms be given',
});
export type QuoteRequest = Static<typeof QuoteRequestSchema>;

export const QuotesBodySchema = Type.Object(
  {
    ...request,
    principal: Type.Optional(PositiveMoneySchema),
    offers: Type.Optional(
      Type.Array(QuoteRequestSchema, {
        minItems: 1,
        maxItems: OFFERS_MAX,
        description: 'Several quotes at once, beside nothing else',
      }),
    ),
  },
  { additionalProperties: false },
);

export const QuoteSchema = Type.Object(
  {
    instalments: Type.Array(Type.Object(plannedInstalment, { additionalProperties: false })),
    total_interest: AmountSchema,
    total: AmountSchema,
    currency: CurrencySchema,
    apr: Type.Object({ reg_z: Type.String(), eu: Type.String() }, { additionalProperties: false }),
    disbursed_on: DateSchema,
    terms: TermsSchema,
  },
  { additionalProperties: false },
);
export type QuoteJson = Static<typeof QuoteSchema>;

export const QuotesAnswerSchema = Type.Union([
  QuoteSchema,
  Type.Object({ offers: Type.Array(QuoteSchema) }, { additionalProperties: false }),
]);
