import { ExternalIdSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import { RecordPaymentSchema } from '../payments/payments.schemas.ts';

/** A payment among many: its external id is what makes a repeated one known. */
export const BulkPaymentSchema = Type.Object(
  { ...RecordPaymentSchema.properties, external_id: ExternalIdSchema },
  { additionalProperties: false },
);
