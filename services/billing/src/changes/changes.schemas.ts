import { BookDateSchema, PositiveMoneySchema, textSchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';

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
    amount: { ...PositiveMoneySchema, description: 'Joins the instalment that falls due next' },
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
