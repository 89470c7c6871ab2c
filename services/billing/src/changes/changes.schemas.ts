import { BookDateSchema, ExternalIdSchema, PositiveMoneySchema, textSchema, UuidSchema } from '@tenor/contracts';
import { type Static, type TSchema, Type } from 'typebox';
import {
  ApprovalSchema,
  DisbursementSchema,
  LoanSchema,
  OutstandingSchema,
  ReasonSchema,
} from '../loans/loans.schemas.ts';
import { ScheduleSchema } from '../loans/schedule.schemas.ts';
import { percentSchema } from '../products/fields.schemas.ts';
import { GivenTermsSchema, ProductCodeSchema } from '../products/terms.schemas.ts';

const REASON_LENGTH_MAX = 500;
const closed = { additionalProperties: false };

const valueDate = Type.Optional({
  ...BookDateSchema,
  description: 'The day from which it counts, from the disbursement to today; left out: today',
});
const reason = Type.Optional(textSchema(REASON_LENGTH_MAX, 'For the journal; must hold no personal data'));

export const ChargeSchema = Type.Object(
  {
    component: Type.Enum(['fee', 'penalty'], { description: 'What it counts as' }),
    code: Type.String({
      pattern: '^[a-z][a-z0-9_]{0,63}$',
      description: 'What it is for, as a code',
      examples: ['field_visit'],
    }),
    amount: Type.Optional({
      ...PositiveMoneySchema,
      description:
        'Joins the instalment that falls due next. May be left out of a fee that the terms of the loan charge on an event: then it is what they say',
    }),
    value_date: valueDate,
  },
  closed,
);
export type ChargeBody = Static<typeof ChargeSchema>;

export const PauseSchema = Type.Object(
  {
    value_date: valueDate,
    until: Type.Optional({
      ...BookDateSchema,
      description: 'The last day that does not count; left out: until delinquency is resumed',
    }),
    reason,
  },
  closed,
);
export type PauseBody = Static<typeof PauseSchema>;

export const ResumptionSchema = Type.Object({ value_date: valueDate }, closed);
export type ResumptionBody = Static<typeof ResumptionSchema>;

export const WaiverSchema = Type.Object(
  {
    component: Type.Enum(['fee', 'penalty', 'interest'], { description: 'What of the debt is given up' }),
    instalment: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, description: 'Its number; left out: all, the oldest first' }),
    ),
    amount: Type.Optional({ ...PositiveMoneySchema, description: 'Left out: all of it that is owed that day' }),
    value_date: valueDate,
    reason,
  },
  closed,
);
export type WaiverBody = Static<typeof WaiverSchema>;

export const WriteOffSchema = Type.Object({ value_date: valueDate, reason }, closed);
export type WriteOffBody = Static<typeof WriteOffSchema>;

export const RecoverySchema = Type.Object(
  {
    amount: { ...PositiveMoneySchema, description: 'At most what is left of the amount that was written off' },
    external_id: Type.Optional(ExternalIdSchema),
    value_date: valueDate,
  },
  closed,
);
export type RecoveryBody = Static<typeof RecoverySchema>;

const ratePercent = (description: string) => percentSchema('rate', { title: 'Rate', description, examples: ['9.5'] });
const instalmentCount = Type.Integer({ minimum: 1, maximum: 600, description: 'How many instalments come then' });
const firstDue = Type.Optional({ ...BookDateSchema, description: 'Left out: the next that was planned' });

export const RateChangeSchema = Type.Object(
  { annual_rate_percent: ratePercent('Percent per year, from the value date on'), value_date: valueDate, reason },
  closed,
);
export type RateChangeBody = Static<typeof RateChangeSchema>;

export const RestructureSchema = Type.Object(
  {
    annual_rate_percent: Type.Optional(ratePercent('Percent per year, from the value date on; left out: as it was')),
    number_of_instalments: Type.Optional({ ...instalmentCount, description: 'Left out: as many as are left' }),
    first_due_date: firstDue,
    value_date: valueDate,
    reason,
  },
  closed,
);
export type RestructureBody = Static<typeof RestructureSchema>;

export const HolidaySchema = Type.Object(
  {
    instalments: Type.Integer({
      minimum: 1,
      maximum: 36,
      description: 'How many due dates ask for nothing but fees; so many instalments come later. Interest goes on',
    }),
    value_date: valueDate,
    reason,
  },
  closed,
);
export type HolidayBody = Static<typeof HolidaySchema>;

export const ReAgeSchema = Type.Object(
  { number_of_instalments: instalmentCount, first_due_date: firstDue, value_date: valueDate, reason },
  closed,
);
export type ReAgeBody = Static<typeof ReAgeSchema>;

export const PrepaySchema = Type.Object(
  {
    payment_id: { ...UuidSchema, description: 'A payment, or use of credit, that the loan got' },
    strategy: Type.Optional(
      Type.Enum(['to_the_day', 'to_period_end'], { description: "As in the payoff quote; left out: the product's" }),
    ),
  },
  closed,
);
export type PrepayBody = Static<typeof PrepaySchema>;

export const TopUpSchema = Type.Object(
  {
    principal: { ...PositiveMoneySchema, description: 'Of the new loan; what it pays out covers the payoff at least' },
    product: Type.Optional({ ...ProductCodeSchema, description: 'Of the new loan; left out: that of the old one' }),
    terms: Type.Optional(GivenTermsSchema),
    external_id: Type.Optional(ExternalIdSchema),
    strategy: PrepaySchema.properties.strategy,
  },
  closed,
);
export type TopUpBody = Static<typeof TopUpSchema>;

const simulated = <const Command extends string, Body extends TSchema>(command: Command, body: Body) =>
  Type.Object({ command: Type.Literal(command), body }, { ...closed, title: command });

export const SimulationSchema = Type.Union([
  simulated('approve', ApprovalSchema),
  simulated('reject', ReasonSchema),
  simulated('cancel', ReasonSchema),
  simulated('disbursements', DisbursementSchema),
  simulated('charges', ChargeSchema),
  simulated('waivers', WaiverSchema),
  simulated('write-off', WriteOffSchema),
  simulated('recoveries', RecoverySchema),
  simulated('rate-changes', RateChangeSchema),
  simulated('restructure', RestructureSchema),
  simulated('payment-holidays', HolidaySchema),
  simulated('re-age', ReAgeSchema),
  simulated('prepay', PrepaySchema),
  simulated('top-up', TopUpSchema),
  simulated('delinquency-pauses', PauseSchema),
  simulated('delinquency-pauses/resume', ResumptionSchema),
]);
export type SimulationBody = Static<typeof SimulationSchema>;

const face = { loan: LoanSchema, outstanding: OutstandingSchema, schedule: ScheduleSchema };
export const SimulatedSchema = Type.Object(
  {
    ...face,
    settled: Type.Optional(Type.Object(face, { ...closed, description: 'The old loan that a top-up pays off' })),
  },
  { ...closed, description: 'What the loan, or the new one of a top-up, would be: nothing is written' },
);
export type SimulatedJson = Static<typeof SimulatedSchema>;
