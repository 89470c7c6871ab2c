import { AmountSchema, BookDateSchema, CurrencySchema, DateSchema, InstantSchema, UuidSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';

const closed = { additionalProperties: false };
const StrategySchema = Type.Enum(['to_the_day', 'to_period_end']);

export const PayoffQuerySchema = Type.Object(
  {
    on: Type.Optional({ ...BookDateSchema, description: 'The day of the payoff, also one to come; left out: today' }),
    as_of: Type.Optional({ ...BookDateSchema, description: 'The same day by another name; not beside `on`' }),
    strategy: Type.Optional({ ...StrategySchema, description: "Left out: the product's" }),
    known_at: Type.Optional({ ...InstantSchema, description: 'By what was recorded until then; left out: until now' }),
  },
  closed,
);

export const PayoffQuoteSchema = Type.Object(
  {
    loan_id: UuidSchema,
    on: DateSchema,
    as_of: { ...DateSchema, description: 'The same as `on`' },
    known_at: InstantSchema,
    strategy: {
      ...orNull(StrategySchema),
      description: 'Of the interest of the running period; null where all that is unpaid is asked for',
    },
    principal: AmountSchema,
    interest: AmountSchema,
    fee: AmountSchema,
    penalty: AmountSchema,
    rebate: { ...AmountSchema, description: 'Of a flat loan: what is given back of the interest' },
    total: { ...AmountSchema, description: 'The parts less the rebate' },
    currency: CurrencySchema,
  },
  closed,
);
