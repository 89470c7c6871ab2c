import { BookDateSchema } from '@tenor/contracts';
import { Type } from 'typebox';

export const ImportedPaymentsQuerySchema = Type.Object(
  {
    from: { ...BookDateSchema, description: 'The first day whose state a file told' },
    to: { ...BookDateSchema, description: 'The last of them' },
  },
  { additionalProperties: false },
);
