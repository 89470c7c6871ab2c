import { InstantSchema, PageQuerySchema, pageOf, textSchema, UuidSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import type { App } from './app.ts';
import { type AuditSource, readAuditLog } from './audit-log.store.ts';
import type { Database } from './database.ts';
import { readPage } from './pagination.ts';

const TEXT_LENGTH_MAX = 200;

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const FieldsSchema = Type.Record(Type.String(), Type.Unknown());

const AuditEntrySchema = Type.Object(
  {
    id: UuidSchema,
    recorded_at: InstantSchema,
    caller: Type.String({ description: 'Who: `sub` of the token, or the name of a job or consumer' }),
    roles: orNull(Type.Array(Type.String())),
    address: orNull(Type.String({ description: 'From where; null for what no request asked for' })),
    request_id: orNull(Type.String()),
    entity: Type.String(),
    entity_id: Type.String(),
    action: Type.String(),
    before: orNull(FieldsSchema),
    after: orNull(FieldsSchema),
  },
  { additionalProperties: false, title: 'AuditEntry' },
);

const AuditQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    entity: Type.Optional(textSchema(TEXT_LENGTH_MAX, 'What kind of thing: `customer`, `loan`')),
    id: Type.Optional(textSchema(TEXT_LENGTH_MAX, 'Of the thing that was changed')),
    caller: Type.Optional(textSchema(TEXT_LENGTH_MAX, 'Who changed it')),
    from: Type.Optional(InstantSchema),
    to: Type.Optional(InstantSchema),
  },
  { additionalProperties: false },
);

interface AuditRoute {
  /** `/v1/audit` */
  readonly path: string;
  readonly database: Database;
  readonly sources: readonly AuditSource[];
}

/** Lists who changed what, from the log and from rows that tell it themselves. */
export function registerAuditRoute(app: App, { path, database, sources }: AuditRoute): void {
  app.get(
    path,
    {
      config: { permission: 'audit:read' },
      schema: {
        tags: ['audit'],
        summary: 'Who changed what, when and from where, newest first',
        querystring: AuditQuerySchema,
        response: { 200: pageOf(AuditEntrySchema) },
      },
    },
    ({ query: { id: entityId, entity, caller, from, to, ...page } }) =>
      readPage(
        page,
        UuidSchema,
        (before, limit) => readAuditLog(database, sources, { entity, entityId, caller, from, to, before }, limit),
        { item: (entry) => ({ ...entry, roles: entry.roles && [...entry.roles] }), position: ({ id }) => id },
      ),
  );
}
