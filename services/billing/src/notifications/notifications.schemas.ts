import { InstantSchema, PageQuerySchema, pageOf, UuidSchema } from '@tenor/contracts';
import { type Static, type TSchema, Type } from 'typebox';

const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const StatusSchema = Type.Enum(['waiting', 'sent', 'skipped', 'failed']);

export const NotificationListQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    customer_id: Type.Optional(UuidSchema),
    status: Type.Optional(StatusSchema),
  },
  { additionalProperties: false },
);

const NotificationSchema = Type.Object(
  {
    id: UuidSchema,
    customer_id: UuidSchema,
    loan_id: UuidSchema,
    event_id: UuidSchema,
    event_type: Type.String(),
    channel: Type.Enum(['email', 'sms']),
    status: StatusSchema,
    reason: orNull(
      Type.String({
        description: '`no_contact` or `erased` when skipped; `too_late` or what the provider said when failed',
      }),
    ),
    provider_reference: orNull(Type.String({ description: "The provider's own id" })),
    attempts: Type.Integer(),
    next_attempt_at: orNull(InstantSchema),
    created_at: InstantSchema,
    ended_at: orNull(InstantSchema),
  },
  { additionalProperties: false },
);
export type NotificationJson = Static<typeof NotificationSchema>;
export const NotificationPageSchema = pageOf(NotificationSchema);
