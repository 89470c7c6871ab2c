import {
  AmountSchema,
  CurrencySchema,
  DateSchema,
  InstantSchema,
  PageCursorSchema,
  UuidSchema,
} from '@tenor/contracts';
import { type TSchema, Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';
import { AtQuerySchema, LoanStatusSchema } from '../loans/loans.schemas.ts';
import { effects } from './difference.ts';

const closed = { additionalProperties: false };
const told = <Schema extends TSchema>(schema: Schema, description: string): Schema => ({ ...schema, description });

export const StatementQuerySchema = Type.Object(
  {
    from: Type.Optional(told(DateSchema, 'The first day; left out: from the beginning')),
    to: Type.Optional(told(DateSchema, 'The last day; left out: today')),
    ...AtQuerySchema.properties,
    as_of: Type.Optional(told(DateSchema, 'The last day by another name; not beside `to`')),
  },
  closed,
);

/** Lines of a page of an explanation, unless fewer are asked for: more than all of nearly any loan. */
export const EXPLAINED_LINES_MAX = 5_000;

export const ExplanationQuerySchema = Type.Object(
  {
    ...AtQuerySchema.properties,
    limit: Type.Integer({ minimum: 1, maximum: EXPLAINED_LINES_MAX, default: EXPLAINED_LINES_MAX }),
    cursor: Type.Optional(PageCursorSchema),
    all: Type.Optional(
      Type.Boolean({ description: 'Also what is settled, whose lines sum to nothing; left out: false' }),
    ),
  },
  closed,
);

const parts = {
  principal: AmountSchema,
  interest: AmountSchema,
  fee: AmountSchema,
  penalty: AmountSchema,
  total: told(AmountSchema, 'The four components together'),
};
const StandingSchema = Type.Object(
  { ...parts, credit: told(AmountSchema, "Part of the customer's credit that came from this loan's payments") },
  { ...closed, description: 'What is owed by component, due or not, as `outstanding` has it' },
);
const movement = {
  ...parts,
  money_in: told(AmountSchema, 'Money that came in, what became credit included'),
  money_out: told(AmountSchema, 'Money that was paid out'),
  refinanced: told(AmountSchema, 'Money lent that paid another loan of the customer instead of being paid out'),
  from_credit: told(AmountSchema, "What of the customer's credit paid this loan"),
  credit: told(AmountSchema, "What joined the customer's credit, or left it"),
};
const DaysSchema = {
  ...orNull(Type.Object({ from: DateSchema, to: DateSchema }, closed)),
  description: 'Of days that passed: the first and the last of them; null of an event',
};
const EventIdSchema = told(orNull(UuidSchema), 'The event of the journal; null where days passed');
const CauseTypeSchema = Type.String({
  description: 'The type of the event, as the journal has it, or `days_passed`',
  examples: ['repaid', 'days_passed'],
});
const head = {
  loan_id: UuidSchema,
  customer_id: UuidSchema,
  status: told(LoanStatusSchema, 'On the last day'),
  currency: CurrencySchema,
};

const StatementLineSchema = Type.Object(
  {
    value_date: told(DateSchema, 'Of days that passed, the last'),
    recorded_at: told(orNull(InstantSchema), 'Null of what grows by itself'),
    type: CauseTypeSchema,
    event_id: EventIdSchema,
    days: DaysSchema,
    text: Type.String({ description: 'The same for people' }),
    ...movement,
    balance: StandingSchema,
  },
  { ...closed, description: 'The components are what is owed more, or less when below zero' },
);

export const StatementSchema = Type.Object(
  {
    ...head,
    from: told(orNull(DateSchema), 'Null: from the beginning'),
    to: DateSchema,
    as_of: told(DateSchema, 'The same as `to`'),
    known_at: InstantSchema,
    opening: StandingSchema,
    lines: Type.Array(StatementLineSchema, {
      description: 'In the order of the fold. The opening balance and all lines together are the closing balance',
    }),
    totals: Type.Object(movement, closed),
    closing: StandingSchema,
    taken_back: Type.Array(
      Type.Object(
        {
          payment_id: UuidSchema,
          value_date: DateSchema,
          amount: AmountSchema,
          recorded_at: InstantSchema,
          taken_back_at: InstantSchema,
          kind: Type.Enum(['reversal', 'chargeback']),
        },
        closed,
      ),
      { description: 'Payments dated in the period that were reversed by `known_at`: they are in no line' },
    ),
  },
  closed,
);

const ExactSchema = Type.Object(
  { numerator: Type.String({ pattern: '^-?\\d+$' }), denominator: Type.String({ pattern: '^\\d+$' }) },
  { ...closed, description: 'An exact number: numerator ÷ denominator' },
);
const SegmentSchema = Type.Object(
  {
    from: DateSchema,
    to: DateSchema,
    balance: AmountSchema,
    annual_rate_percent: Type.String(),
    year_fraction: ExactSchema,
  },
  { ...closed, description: 'Costs balance × rate ÷ 100 × part of a year, not rounded' },
);
const PassedSchema = Type.Object(
  { exact_interest: ExactSchema, days: Type.Integer(), elapsed_days: Type.Integer() },
  { ...closed, description: 'Interest in minor units, not rounded; days of the period, and those that count' },
);
const amount = (description: string) => Type.Optional(told(AmountSchema, description));
const text = (description: string) => Type.Optional(Type.String({ description }));
const count = (description: string) => Type.Optional(Type.Integer({ description }));

/** Every number that a rule reckons with; docs/statements.md says which rule has which. */
const InputsSchema = Type.Object(
  {
    rounding: text('Mode of rounding'),
    instalment_multiple: amount('Step of a payable instalment'),
    emi_smoothing: Type.Optional(Type.Boolean({ description: 'Whether the equal instalment is moved once' })),
    balance_before: amount('Principal left before the instalment'),
    balance_after: amount('Principal left after it'),
    residual: amount('Principal that equal instalments leave to the last'),
    level_instalment: amount('What each equal instalment asks'),
    period_interest: amount("The period's own interest"),
    principal: amount('Of the plan'),
    instalments: count('How many share it'),
    position: count('Which of them this is, from 1'),
    down_payment_percent: text('Per cent'),
    periods: Type.Optional(
      Type.Array(Type.Object({ segments: Type.Array(SegmentSchema) }, closed), {
        description: 'The segments of each period are summed exactly, and each period is rounded once',
      }),
    ),
    total_interest: amount('Of all instalments'),
    other_instalments: amount('Of it, what the instalments before the last ask'),
    flat_rate_percent: text('Per cent of the principal'),
    flat_years: Type.Optional(told(ExactSchema, 'How many times the flat rate counts; 1 for the whole term')),
    stated_instalment: amount('The instalment that the terms state'),
    fees: Type.Optional(
      Type.Array(
        Type.Object(
          { code: Type.String(), amount: orNull(AmountSchema), percent: orNull(Type.String()) },
          { ...closed, description: 'A fixed amount, or per cent of the principal' },
        ),
      ),
    ),
    tax_interest_percent: text('Per cent'),
    tax_fee_percent: text('Per cent'),
    tax_penalty_percent: text('Per cent'),
    penalty_before: amount('Penalty that the instalment asked for before'),
    penalty_after: amount('The same after'),
    late_interest_before: amount('Interest on its late principal before'),
    late_interest_after: amount('The same after'),
    planned_interest: amount('What the plan asks'),
    penalty_amount: amount('Fixed, once'),
    percent_per_day: text('Per cent'),
    cap: amount('The most per instalment'),
    overdue: amount('What was late on those days'),
    days: count('How many days were counted'),
    amount_days_before: amount('Σ overdue × days, before these days'),
    amount_days: amount('The same after them'),
    grown_before: amount('What had grown before these days'),
    annual_rate_percent: text('Per cent per year'),
    year_basis: count('Days of a year'),
    code: text('What was charged for'),
    amount: amount('As the event says'),
    received: amount('What came in'),
    spent_elsewhere: amount('Of it, what was spent as credit since'),
    left: amount("What was left when this component's turn came"),
    owed_before: amount('What the component owed before'),
    asked: amount('What the payoff asked of the component'),
    not_due_planned: amount('Of the component, what all instalments that were not due had planned'),
    not_due_owed: amount('What they owed of it'),
    earned: amount('What of it the time until the payoff had earned'),
    earlier_owed: amount('What those of them before this one owed of it'),
    running_periods: Type.Optional(
      Type.Array(PassedSchema, { description: 'The periods that had begun, and whose instalments were not due' }),
    ),
    postponed_interest: amount('What instalments that were due had left to this one'),
    ended_interest: amount('Of instalments not due whose period ended before the plan in force began'),
    before: amount('The effect before the event'),
    after: amount('The effect after it'),
  },
  { ...closed, description: 'What the rule reckons with; each rule has its own of these' },
);

const ExplainedLineSchema = Type.Object(
  {
    instalment: Type.Integer({ minimum: 1, description: 'Its number' }),
    component: Type.Enum(['principal', 'interest', 'fee', 'penalty']),
    effect: Type.Enum([...effects], { description: 'Whether more is asked, by what, or less is owed' }),
    amount: told(AmountSchema, 'What is owed more by it, or less when below zero'),
    cause: Type.Object(
      {
        type: CauseTypeSchema,
        days: DaysSchema,
        event_id: EventIdSchema,
        value_date: orNull(DateSchema),
        recorded_at: orNull(InstantSchema),
        actor: orNull(Type.String()),
      },
      closed,
    ),
    rule: Type.String({ description: 'A stable code of docs/statements.md', examples: ['schedule.interest.periods'] }),
    inputs: InputsSchema,
    text: Type.String({ description: 'The same in a sentence' }),
  },
  closed,
);

export const ExplanationSchema = Type.Object(
  {
    ...head,
    as_of: DateSchema,
    known_at: InstantSchema,
    outstanding: Type.Object(parts, closed),
    lines: Type.Array(ExplainedLineSchema, {
      maxItems: EXPLAINED_LINES_MAX,
      description:
        'By instalment, then in the order in which it came about; those of all pages together are the outstanding amounts',
    }),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null on the last page' }),
  },
  closed,
);
