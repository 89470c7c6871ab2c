import { UuidSchema } from '@tenor/contracts';
import { type Static, Type } from 'typebox';

const NAME_LENGTH_MAX = 128;

/** What a provider sends. It may add fields, as its interface grows. */
export const WebhookSchema = Type.Object({
  id: Type.String({
    minLength: 1,
    maxLength: NAME_LENGTH_MAX,
    description: 'The same for each repetition of this news',
  }),
  type: Type.String({
    maxLength: NAME_LENGTH_MAX,
    pattern: '^[a-z_.]+$',
    description: '`charge.succeeded`, `charge.failed`, `payout.succeeded` or `payout.failed`; others are ignored',
  }),
  data: Type.Object({
    reference: { ...UuidSchema, description: 'Our id of the payment or refund' },
    amount: Type.String({ maxLength: NAME_LENGTH_MAX }),
    currency: Type.String({ maxLength: NAME_LENGTH_MAX }),
    failure_code: Type.Optional(Type.Union([Type.String({ maxLength: NAME_LENGTH_MAX }), Type.Null()])),
  }),
});
export type WebhookBody = Static<typeof WebhookSchema>;

export const ProviderSchema = Type.Object(
  { provider: Type.String({ minLength: 1, maxLength: 32 }) },
  { additionalProperties: false },
);

export const WebhookAnswerSchema = Type.Object(
  {
    outcome: Type.Enum(['changed', 'unchanged', 'duplicate', 'ignored'], {
      description: 'Whether it changed something; any of them tells the provider to send it no more',
    }),
  },
  { additionalProperties: false },
);
