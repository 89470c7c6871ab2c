import { InstantSchema, UuidSchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';

export const LoanScoreSchema = Type.Object(
  {
    loan_id: UuidSchema,
    state: Type.Enum(['initiating', 'querying', 'scored', 'exhausted', 'superseded']),
    initiations: Type.Integer({ description: 'How often the engine was asked to begin' }),
    attempts: Type.Integer({ description: 'How often the score was asked for' }),
    next_at: { ...orNull(InstantSchema), description: 'When it is asked next; null once it has ended' },
    score: orNull(Type.String()),
    limit_amount: { ...orNull(Type.String()), description: "In the loan's currency" },
    exclusion: orNull(Type.String()),
    exclusion_reason: orNull(Type.String()),
    requested_at: InstantSchema,
    ended_at: orNull(InstantSchema),
  },
  { additionalProperties: false },
);
export type LoanScoreJson = Static<typeof LoanScoreSchema>;
