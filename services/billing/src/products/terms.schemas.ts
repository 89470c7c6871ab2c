import { AmountSchema, BookDateSchema, DateSchema, PositiveAmountSchema } from '@tenor/contracts';
import { type Static, type TSchema, Type } from 'typebox';

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const RATE_NOTE = 'Percent as a decimal string';
const RateSchema = Type.String({ pattern: '^\\d{1,4}(\\.\\d{1,8})?$', description: RATE_NOTE, examples: ['10.5'] });

const EVERY_MAX = 366;
const INSTALMENTS_MAX = 600;

export const FrequencySchema = Type.Object(
  {
    every: Type.Integer({ minimum: 1, maximum: EVERY_MAX }),
    unit: Type.Enum(['day', 'week', 'month', 'quarter', 'semi_month']),
  },
  { additionalProperties: false, description: 'From one due date to the next' },
);

const terms = {
  interest_method: Type.Enum(['flat', 'annuity', 'none']),
  annual_rate_percent: orNull(RateSchema),
  flat_rate_percent: orNull(RateSchema),
  flat_rate_basis: Type.Enum(['whole_term', 'per_annum']),
  frequency: FrequencySchema,
  number_of_instalments: Type.Integer({ minimum: 1, maximum: INSTALMENTS_MAX }),
  day_count: Type.Enum(['30/360', 'act/360', 'act/364', 'act/365', 'act/act-isda', 'act/act-fineract']),
  rounding: Type.Enum(['half_even', 'half_up', 'up', 'down']),
  instalment_multiple: orNull(PositiveAmountSchema),
  emi_smoothing: Type.Boolean(),
  first_due_date: orNull(BookDateSchema),
};

/** What a request may give of the terms; the product says which of them. */
export const GivenTermsSchema = Type.Partial(Type.Object(terms), {
  additionalProperties: false,
  description: 'Only what the product lets be given; without a product all that make a loan',
});
export type GivenTerms = Static<typeof GivenTermsSchema>;

/** All terms of a loan. */
export const TermsSchema = Type.Object(terms, { additionalProperties: false });
export type TermsJson = Static<typeof TermsSchema>;

export const ProductCodeSchema = Type.String({
  pattern: '^[a-z0-9][a-z0-9-]{0,62}$',
  description: 'Code of a product',
  examples: ['weekly-flat-50'],
});

/** Instalments as a schedule shows them; amounts in the schedule's currency. */
export const plannedInstalment = {
  number: Type.Integer({ minimum: 1 }),
  due_date: DateSchema,
  principal: AmountSchema,
  interest: AmountSchema,
  fee: AmountSchema,
  total: AmountSchema,
  balance_after: AmountSchema,
};
