import { InstantSchema, PageQuerySchema, pageOf, textSchema, topics, UuidSchema } from '@tenor/contracts';
import { Type } from 'typebox';
import type { App } from './app.ts';
import { commandContext } from './command-context.ts';
import type { Database } from './database.ts';
import type { DeadLetterDesk } from './dead-letter-replay.ts';
import { type DeadLetter, getLetter, listLetters } from './dead-letters.store.ts';
import { isRefusal, refuse } from './errors.ts';
import { readProgress } from './inbox.store.ts';
import { readPage } from './pagination.ts';
import { orderPutAside, type PutAside } from './put-asides.store.ts';

export interface DeadLetterRoutes {
  /** `/v1/billing/dead-letters` */
  readonly prefix: string;
  readonly database: Database;
  /** The service's consumers, whose handlers a replay calls. */
  readonly consumers: readonly DeadLetterDesk[];
}

const CONSUMER_LENGTH_MAX = 120;
const REASON_LENGTH_MAX = 500;
const PARTITION_MAX = 2 ** 31 - 1;

const orNull = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);

const DeadLetterSchema = Type.Object(
  {
    id: UuidSchema,
    consumer: Type.String(),
    topic: Type.String(),
    partition: Type.Integer(),
    offset: Type.Integer(),
    key: orNull(Type.String()),
    value: orNull(Type.String({ description: 'The message as it was, in base64' })),
    event_id: orNull(UuidSchema),
    event_type: orNull(Type.String()),
    subject: orNull(Type.String()),
    status: Type.Enum(['dead', 'parked', 'replayed', 'discarded']),
    reason: Type.Enum(['undecodable', 'schema', 'failed', 'parked']),
    detail: Type.String(),
    attempts: Type.Integer({ description: 'How often a handler was given it' }),
    first_failed_at: InstantSchema,
    last_failed_at: InstantSchema,
    settled_at: orNull(InstantSchema),
    settled_by: orNull(Type.String()),
  },
  { additionalProperties: false, title: 'DeadLetter' },
);

const ReplaySchema = Type.Object(
  {
    replayed: Type.Integer({ description: 'Messages of the subject that went through' }),
    failed: orNull(Type.Object({ id: UuidSchema, detail: Type.String() }, { additionalProperties: false })),
  },
  { additionalProperties: false },
);

const place = {
  consumer: textSchema(CONSUMER_LENGTH_MAX, 'The consumer group, without the prefix'),
  topic: Type.Enum(Object.values(topics)),
  partition: Type.Integer({ minimum: 0, maximum: PARTITION_MAX }),
  offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  reason: textSchema(REASON_LENGTH_MAX, 'Why it is given up'),
};
const PutAsideRequestSchema = Type.Object(place, { additionalProperties: false });
const PutAsideSchema = Type.Object(
  { ...place, topic: Type.String(), ordered_by: Type.String(), ordered_at: InstantSchema },
  { additionalProperties: false, title: 'PutAside' },
);

const ListQuerySchema = Type.Object(
  {
    ...PageQuerySchema.properties,
    status: Type.Optional(Type.Enum(['dead', 'parked', 'replayed', 'discarded'])),
  },
  { additionalProperties: false },
);

const tags = ['operations'];
const params = Type.Object({ id: UuidSchema }, { additionalProperties: false });
const notFound = { refused: 'not_found', detail: 'There is no such dead letter.' } as const;

/** List, read, replay and discard the messages that a service's consumers have put aside. */
export function registerDeadLetterRoutes(app: App, { prefix, database, consumers }: DeadLetterRoutes): void {
  const groups = consumers.map(({ group }) => group);
  const deskOf = async (id: string): Promise<DeadLetterDesk | undefined> => {
    const letter = await getLetter(database, groups, id);
    return consumers.find(({ group }) => group === letter?.consumer);
  };

  app.get(
    prefix,
    {
      config: { permission: 'dead_letters:read' },
      schema: {
        tags,
        summary: 'List dead letters, oldest first',
        querystring: ListQuerySchema,
        response: { 200: pageOf(DeadLetterSchema) },
      },
    },
    ({ query: { status, ...page } }) =>
      readPage(page, UuidSchema, (after, limit) => listLetters(database, { consumers: groups, status, after, limit }), {
        item: present,
        position: ({ id }) => id,
      }),
  );

  registerPutAsides(app, { prefix, database, groups });

  app.get(
    `${prefix}/:id`,
    {
      config: { permission: 'dead_letters:read', refusals: ['not_found'] },
      schema: { tags, summary: 'Read a dead letter', params, response: { 200: DeadLetterSchema } },
    },
    async ({ params: { id } }) => {
      const letter = await getLetter(database, groups, id);
      return letter === undefined ? notFound : present(letter);
    },
  );

  app.post(
    `${prefix}/:id/replay`,
    {
      config: { permission: 'dead_letters:write', refusals: ['not_found', 'state_conflict'] },
      schema: {
        tags,
        summary: 'Replay it and what is parked behind it, in order',
        params,
        response: { 200: ReplaySchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      return (await (await deskOf(id))?.replay(id, commandContext(request))) ?? notFound;
    },
  );

  app.post(
    `${prefix}/:id/discard`,
    {
      config: { permission: 'dead_letters:write', refusals: ['not_found', 'state_conflict'] },
      schema: { tags, summary: 'Give it up', params, response: { 200: DeadLetterSchema } },
    },
    async (request) => {
      const { id } = request.params;
      const discarded = await (await deskOf(id))?.discard(id, commandContext(request));
      if (discarded === undefined) return notFound;
      return isRefusal(discarded) ? discarded : present(discarded);
    },
  );
}

function registerPutAsides(
  app: App,
  { prefix, database, groups }: { prefix: string; database: Database; groups: readonly string[] },
): void {
  app.post(
    prefix,
    {
      config: { permission: 'dead_letters:write', refusals: ['not_found', 'state_conflict'] },
      schema: {
        tags,
        summary: 'Have a message put to the dead letters when it next fails, though it may be at no fault',
        body: PutAsideRequestSchema,
        response: { 202: PutAsideSchema },
      },
    },
    async (request, reply) => {
      const { offset, reason, ...at } = request.body;
      if (!groups.includes(at.consumer)) return refuse('not_found', 'There is no such consumer.');
      if ((await readProgress(database, at)) > BigInt(offset)) {
        return refuse('state_conflict', 'The consumer has passed this message already.');
      }
      const by = commandContext(request);
      const order = await database.transaction((sql) => orderPutAside(sql, at, { offset: BigInt(offset), reason, by }));
      return reply.code(202).send(presentOrder(order));
    },
  );
}

function presentOrder({ message_offset: offset, ...order }: PutAside) {
  return { ...order, offset: Number(offset) };
}

function present({ message_offset: offset, message_key: key, value, ...letter }: DeadLetter) {
  return { ...letter, offset: Number(offset), key, value: value?.toString('base64') ?? null };
}
