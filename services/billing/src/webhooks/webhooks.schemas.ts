import { InstantSchema, PageQuerySchema, pageOf, textSchema, UuidSchema } from '@tenor/contracts';
import { type Static, type TSchema, Type } from 'typebox';

const URL_LENGTH_MAX = 2_000;
const DESCRIPTION_LENGTH_MAX = 200;
const EVENT_TYPES_MAX = 50;
const ATTEMPTS_MAX = 50;

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const closed = { additionalProperties: false } as const;

const url = Type.String({
  minLength: 1,
  maxLength: URL_LENGTH_MAX,
  pattern: '^https?://[!-~]+$',
  description: 'https, unless the operator has allowed the host',
  examples: ['https://example.com/webhooks'],
});
const eventTypes = Type.Array(
  Type.String({
    maxLength: 100,
    pattern: '^(\\*|[a-z]+\\.(\\*|[a-z_]+))$',
    examples: ['loan.approved', 'loan.*', '*'],
  }),
  { minItems: 1, maxItems: EVENT_TYPES_MAX, uniqueItems: true, description: '`*` for all, `loan.*` for all of a kind' },
);
const description = textSchema(DESCRIPTION_LENGTH_MAX, 'What it is for');

export const NewWebhookSchema = Type.Object(
  {
    url,
    event_types: Type.Optional({ ...eventTypes, default: ['*'] }),
    description: Type.Optional(description),
  },
  closed,
);

export const WebhookPatchSchema = Type.Object(
  {
    url: Type.Optional(url),
    event_types: Type.Optional(eventTypes),
    description: Type.Optional(orNull(description)),
    status: Type.Optional(
      Type.Enum(['enabled', 'disabled'], { description: 'What a disabled one is to get waits, for up to 30 days' }),
    ),
  },
  { ...closed, minProperties: 1, description: 'What is left out stays; null empties' },
);
export type WebhookPatch = Static<typeof WebhookPatchSchema>;

const webhook = {
  id: UuidSchema,
  url: Type.String(),
  description: orNull(Type.String()),
  event_types: Type.Array(Type.String()),
  status: Type.Enum(['enabled', 'disabled']),
  disabled_reason: orNull(
    Type.Enum(['by_request', 'failing', 'gone'], {
      description: '`failing`: no attempt succeeded for 5 days; `gone`: the target answered 410',
    }),
  ),
  disabled_at: orNull(InstantSchema),
  failing_since: orNull({ ...InstantSchema, description: 'Every attempt since then has failed' }),
  version: Type.Integer({ description: 'As in the ETag' }),
  created_at: InstantSchema,
};
export const WebhookSchema = Type.Object(webhook, closed);
export type WebhookJson = Static<typeof WebhookSchema>;
export const WebhookPageSchema = pageOf(WebhookSchema);

const secret = orNull(
  Type.String({
    description: 'Shown here only; null in the answer to a repetition once there is a newer one',
    examples: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'],
  }),
);
export const NewWebhookAnswerSchema = Type.Object({ ...webhook, secret }, closed);
export const SecretSchema = Type.Object({ secret }, closed);

export const WebhookParamsSchema = Type.Object({ id: UuidSchema }, closed);
export const DeliveryParamsSchema = Type.Object({ id: UuidSchema, delivery_id: UuidSchema }, closed);

const DeliveryStatusSchema = Type.Enum(['waiting', 'delivered', 'given_up']);
const delivery = {
  id: UuidSchema,
  webhook_id: UuidSchema,
  event_id: { ...UuidSchema, description: 'Also the webhook-id header of every attempt' },
  event_type: Type.String(),
  subject: Type.String({ description: 'As in the event' }),
  status: DeliveryStatusSchema,
  attempts: Type.Integer(),
  next_attempt_at: orNull(InstantSchema),
  created_at: InstantSchema,
  ended_at: orNull(InstantSchema),
};
export const DeliverySchema = Type.Object(delivery, closed);
export type DeliveryJson = Static<typeof DeliverySchema>;
export const DeliveryPageSchema = pageOf(DeliverySchema);

const AttemptSchema = Type.Object(
  {
    number: Type.Integer(),
    started_at: InstantSchema,
    duration_ms: Type.Integer(),
    status_code: orNull(Type.Integer()),
    fault: orNull(Type.Enum(['timed_out', 'refused_address', 'unreachable', 'broken_answer'])),
    answer: orNull(Type.String({ description: 'How its body began' })),
  },
  closed,
);
export const DeliveryDetailSchema = Type.Object(
  {
    ...delivery,
    body: Type.String({ description: 'What is sent, to the byte' }),
    log: Type.Array(AttemptSchema, { maxItems: ATTEMPTS_MAX, description: 'Attempts, the newest first' }),
  },
  closed,
);

export const DeliveryListQuerySchema = Type.Object(
  { ...PageQuerySchema.properties, status: Type.Optional(DeliveryStatusSchema) },
  closed,
);

export const ReplayRequestSchema = Type.Object(
  { since: { ...InstantSchema, description: 'The event reached us then or later' } },
  closed,
);
export const ReplayAnswerSchema = Type.Object(
  { replayed: Type.Integer({ description: 'At most 10000; ask again for the rest' }) },
  closed,
);
