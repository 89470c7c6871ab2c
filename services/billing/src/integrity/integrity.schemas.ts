import { DateSchema, InstantSchema, journalRootSigned, pageOf, UuidSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import { orNull } from '../customers/customers.schemas.ts';
import { findingNames } from './finding.ts';

const FindingSchema = Type.Object(
  {
    name: Type.Enum([...findingNames]),
    seq: orNull(Type.Integer({ minimum: 1, description: 'Journal row that it begins at' })),
    day: orNull({ ...DateSchema, description: 'Day of the signed root that shows it; null where the loan alone does' }),
  },
  { additionalProperties: false },
);

export const ProofSchema = Type.Object(
  {
    loan_id: UuidSchema,
    fold_equals_projection: Type.Boolean(),
    chain_verified: Type.Boolean(),
    ledger_equals_fold: Type.Boolean(),
    findings: Type.Array(FindingSchema, { description: 'What is wrong, by name; empty when nothing is' }),
    signed_on: orNull({
      ...DateSchema,
      description: 'Day of the signed root that took in the newest events; null before the first',
    }),
    events: Type.Integer({ minimum: 0 }),
    head_seq: Type.Integer({ minimum: 1 }),
    head_hash: Type.String(),
    known_at: InstantSchema,
  },
  { additionalProperties: false },
);

export const RootPageSchema = pageOf(Type.Object(journalRootSigned.data.properties, { additionalProperties: false }));
