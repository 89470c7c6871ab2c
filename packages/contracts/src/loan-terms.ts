import { type Static, Type } from 'typebox';
import { DateSchema } from './dates.ts';
import { count, day, oneOf, orNull } from './event-fields.ts';

const DECIMAL = '^-?\\d{1,10}(\\.\\d{1,20})?$';
const percent = (description: string) => Type.String({ pattern: DECIMAL, description });
const decimal = (description: string) => orNull(Type.String({ pattern: DECIMAL }), description);

const whole = (description: string) => Type.Optional(count(description));

/** Terms that events did not tell from the start; where one is left out, the loan does not have it. */
const laterTerms = {
  monthly_rate_percent: Type.Optional(decimal('Monthly rate in percent')),
  index_rate: Type.Optional(
    orNull(
      Type.Object({
        index: Type.String({ description: 'Name of the index' }),
        margin_percent: percent('What is added to its value, in percent per year'),
        values: Type.Array(Type.Object({ from: day('First day of the value'), percent: percent('The value') }), {
          description: 'Its values in the order of their days',
        }),
      }),
      'A rate that follows an index',
    ),
  ),
  instalment_amount: Type.Optional(decimal('Given amount of an instalment')),
  balloon_amount: Type.Optional(decimal('Given principal of the last instalment')),
  bullet_interest: Type.Optional(oneOf(['each_period', 'at_end'], 'When a bullet loan asks for its interest')),
  minimum_days_to_first_due: whole(
    'Days from the disbursement to the first due date at least, before a business day rule moves it',
  ),
  calendar: Type.Optional(orNull(Type.String(), 'Name of the holiday calendar')),
  business_day_rule: Type.Optional(
    oneOf(['none', 'following', 'modified_following', 'preceding'], 'Where a due date moves that is a holiday'),
  ),
  principal_grace: whole('First instalments without principal'),
  interest_grace: whole('First instalments without interest'),
  interest_grace_treatment: Type.Optional(oneOf(['waived', 'carried'], 'What becomes of the interest of those')),
  down_payment_percent: Type.Optional(decimal('Part of the principal due on the day of disbursement, in percent')),
  maximum_disbursements: Type.Optional(Type.Integer({ minimum: 1, description: 'How often money may be paid out' })),
  fees: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.String({ description: 'Its name' }),
        charged: oneOf(['at_disbursement', 'per_instalment', 'on_event'], 'When it is charged'),
        amount: decimal('Its amount; null where it is a part of the principal'),
        percent: decimal('Percent of the principal; null where it is an amount'),
        treatment: orNull(
          oneOf(['deducted', 'financed'], 'Kept back from what is paid out, or lent on top of it'),
          'How a fee at disbursement is paid; null per instalment',
        ),
      }),
      { description: 'Fees' },
    ),
  ),
  tax: Type.Optional(
    orNull(
      Type.Object({
        interest_percent: percent('On interest'),
        fee_percent: percent('On fees'),
        penalty_percent: percent('On penalties'),
      }),
      'Taxes in percent, asked for as fee',
    ),
  ),
};

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
  ...laterTerms,
});
export type LoanTerms = Static<typeof LoanTermsSchema>;
