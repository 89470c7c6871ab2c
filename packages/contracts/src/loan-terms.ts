import { type Static, Type } from 'typebox';
import { DateSchema } from './dates.ts';
import { oneOf, orNull } from './event-fields.ts';

const decimal = (description: string) => orNull(Type.String({ pattern: '^-?\\d{1,10}(\\.\\d{1,20})?$' }), description);

/** A loan's copy of its terms as events tell it. The enumerations hold every method of the domain from the start. */
export const LoanTermsSchema = Type.Object({
  interest_method: oneOf(
    ['flat', 'annuity', 'equal_principal', 'bullet', 'balloon', 'fixed_instalment', 'none'],
    'How interest and principal are spread',
  ),
  annual_rate_percent: decimal('Yearly rate in percent'),
  flat_rate_percent: decimal('Flat rate in percent'),
  flat_rate_basis: oneOf(['whole_term', 'per_annum'], 'What the flat rate is over'),
  frequency: Type.Object({
    every: Type.Integer({ minimum: 1 }),
    unit: oneOf(['day', 'week', 'month', 'quarter', 'semi_month'], 'Unit of `every`'),
  }),
  number_of_instalments: Type.Integer({ minimum: 1 }),
  day_count: oneOf(['30/360', 'act/360', 'act/364', 'act/365', 'act/act-isda', 'act/act-fineract'], 'Day count'),
  rounding: oneOf(['half_even', 'half_up', 'up', 'down'], 'Rounding mode'),
  instalment_multiple: decimal('Amount that an instalment is a multiple of'),
  emi_smoothing: Type.Boolean({ description: 'Whether the last instalment is brought near the others' }),
  first_due_date: orNull(DateSchema, 'Given first due date; null for one period after disbursement'),
});
export type LoanTerms = Static<typeof LoanTermsSchema>;
