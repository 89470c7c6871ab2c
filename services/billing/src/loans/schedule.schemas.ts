import { AmountSchema, CurrencySchema, DateSchema, InstantSchema, UuidSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import { plannedInstalment } from '../products/terms.schemas.ts';
import { AtQuerySchema } from './loans.schemas.ts';

export const ScheduleQuerySchema = Type.Object(
  {
    ...AtQuerySchema.properties,
    version: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 100_000,
        description: 'An older plan, as it stood when the next replaced it; left out: the plan in force',
      }),
    ),
  },
  { additionalProperties: false },
);

export const ScheduleSchema = Type.Object(
  {
    loan_id: UuidSchema,
    version: Type.Integer({ minimum: 1 }),
    currency: CurrencySchema,
    as_of: DateSchema,
    known_at: InstantSchema,
    instalments: Type.Array(
      Type.Object(
        {
          ...plannedInstalment,
          total: { ...AmountSchema, description: 'Principal, interest, fee and charged; paid, unpaid or given up' },
          prepaid_principal: {
            ...AmountSchema,
            description: 'Of its principal, what was paid without being planned: paid back before it was due',
          },
          charged: {
            ...AmountSchema,
            description:
              'Asked beyond its plan: charges, penalties, late interest, and arrears of fees that a re-age left it',
          },
          moved: {
            ...AmountSchema,
            description: 'What instalments of a later plan ask for instead; no part of its total',
          },
          waived: { ...AmountSchema, description: 'Given up of all that it asked; it is never paid' },
          forgone: { ...AmountSchema, description: 'Asked no more since a payoff ended the loan early' },
          written_off: { ...AmountSchema, description: 'Given up when the loan was written off' },
          paid: AmountSchema,
          paid_principal: AmountSchema,
          paid_interest: AmountSchema,
          paid_fee: AmountSchema,
          unpaid: AmountSchema,
          status: {
            ...Type.Enum(['paid', 'moved', 'missed', 'due', 'upcoming', 'written_off']),
            description: '`paid`: it owes nothing more; `moved`: what it owed is asked by a later plan',
          },
        },
        { additionalProperties: false },
      ),
    ),
    total: { ...AmountSchema, description: 'Paid, unpaid, waived, forgone and written off together' },
    paid: AmountSchema,
    waived: AmountSchema,
    forgone: AmountSchema,
    written_off: AmountSchema,
    unpaid: AmountSchema,
  },
  { additionalProperties: false },
);
