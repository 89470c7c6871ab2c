import {
  AmountSchema,
  BookDateSchema,
  CurrencySchema,
  DateSchema,
  PositiveMoneySchema,
  UuidSchema,
} from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { eligibilityReasons } from '../credit/eligibility.ts';
import { SCORE_MODEL, SCORE_WEIGHTS } from '../credit/internal-score.ts';
import { orNull } from '../customers/customers.schemas.ts';
import { GivenTermsSchema, ProductCodeSchema } from '../products/terms.schemas.ts';
import { AprSchema } from '../quotes/quotes.schemas.ts';

const closed = { additionalProperties: false } as const;
const points = Type.Integer({ minimum: 0, maximum: 100 });
const count = Type.Integer({ minimum: 0 });
const percent = orNull(Type.String({ pattern: '^\\d+(\\.\\d+)?$', examples: ['12'] }));
const componentNames = [...(Object.keys(SCORE_WEIGHTS) as (keyof typeof SCORE_WEIGHTS)[]), 'no_history'] as const;

export const EligibilityRequestSchema = Type.Object(
  {
    customer_id: UuidSchema,
    product: ProductCodeSchema,
    principal: PositiveMoneySchema,
    terms: Type.Optional(GivenTermsSchema),
    disbursed_on: Type.Optional({ ...BookDateSchema, description: 'Today or earlier; left out: today' }),
  },
  closed,
);
export type EligibilityRequest = Static<typeof EligibilityRequestSchema>;

const ScoreSchema = Type.Object(
  {
    value: points,
    model: Type.Literal(SCORE_MODEL),
    components: Type.Array(
      Type.Object({ component: Type.Enum([...componentNames]), points, max_points: points }, closed),
      { description: 'Sum to the value, unless current loans are above the limit: it is then 0' },
    ),
    history: Type.Object(
      {
        past_loans: { ...count, description: 'Paid out, current ones among them' },
        loans_this_year: count,
        volume: { ...AmountSchema, description: 'Lent so far, in the currency of the request' },
        instalments_due: count,
        instalments_on_time: count,
        surplus_on_time: { ...count, description: 'Paid on time beyond those due, of loans that were taken over' },
      },
      closed,
    ),
  },
  { ...closed, description: 'docs/credit.md says how it comes about' },
);

export const EligibilitySchema = Type.Object(
  {
    customer_id: UuidSchema,
    product: ProductCodeSchema,
    as_of: DateSchema,
    decision: Type.Enum(['approved', 'declined']),
    eligible: Type.Boolean(),
    reasons: Type.Array(Type.Enum([...eligibilityReasons]), {
      description: '`rate_below_band` alone does not decline: the offer is then at the corrected rate',
    }),
    score: ScoreSchema,
    principal: AmountSchema,
    rate_percent: { ...percent, description: 'Asked for, per year; null where interest does not run on the balance' },
    corrected_rate_percent: {
      ...percent,
      description: 'The lowest that the score allows where the one asked for is below it, else the same',
    },
    instalment: {
      ...orNull(AmountSchema),
      description: 'What most instalments of the offer ask, at the corrected rate; null when declined',
    },
    total: { ...orNull(AmountSchema), description: 'Of all instalments of the offer; null when declined' },
    apr: { ...orNull(AprSchema), description: 'Of the offer; null when declined' },
    limit: orNull(AmountSchema),
    exposure: AmountSchema,
    available: orNull(AmountSchema),
    income: { ...orNull(AmountSchema), description: 'Per month' },
    cap: { ...orNull(AmountSchema), description: 'The most that current instalments may come to in a month' },
    instalments_now: { ...AmountSchema, description: 'Of current loans, per month' },
    instalments_with_new: { ...orNull(AmountSchema), description: 'Null when declined' },
    headroom_now: { ...orNull(AmountSchema), description: 'Of the cap, what current instalments leave' },
    headroom_with_new: {
      ...orNull(AmountSchema),
      description: 'The same with the new loan; may be below zero, and does not decline. Null when declined',
    },
    currency: CurrencySchema,
  },
  closed,
);
export type EligibilityJson = Static<typeof EligibilitySchema>;
