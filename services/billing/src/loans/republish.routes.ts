import { PageCursorSchema, UuidSchema } from '@tenor/contracts';
import {
  type App,
  commandContext,
  type Database,
  decodeCursor,
  encodeCursor,
  execute,
  isRefusal,
} from '@tenor/service-kit';
import type { FastifyReply } from 'fastify';
import { type Static, Type } from 'typebox';
import { IdParamsSchema } from './loans.schemas.ts';
import { republishLoans } from './republish.commands.ts';

const tags = ['operations'];
const closed = { additionalProperties: false } as const;

/** Of one transaction, which locks their customers: few enough that a payment hardly waits. */
const LOANS_DEFAULT = 20;
const LOANS_MAX = 100;

const RepublishSchema = Type.Object(
  {
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: LOANS_MAX,
        description: `Loans at once, whose customers stay locked for so long; ${LOANS_DEFAULT} unless given`,
      }),
    ),
    cursor: Type.Optional(PageCursorSchema),
  },
  closed,
);
const RepublishedSchema = Type.Object(
  {
    published: Type.Integer({ description: 'Snapshots on their way' }),
    next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'null when there are no more loans' }),
  },
  closed,
);
const CursorSchema = Type.Object({ after: UuidSchema }, closed);

export interface RepublishDependencies {
  readonly database: Database;
  readonly refOf: (externalId: string) => string;
}

/** `loan.snapshot` events for new or rebuilt consumers. */
export function republishRoutes(app: App, dependencies: RepublishDependencies): void {
  const response = { 200: RepublishedSchema };
  const republish = republishing(dependencies);

  app.post(
    '/v1/loans/republish',
    {
      config: { permission: 'events:republish', optionalBody: true },
      schema: { tags, summary: "Publish every loan's state, some at a time", body: RepublishSchema, response },
    },
    (request, reply) => republish(request, reply, null),
  );
  app.post(
    '/v1/customers/:id/republish',
    {
      config: { permission: 'events:republish', refusals: ['not_found'], optionalBody: true },
      schema: {
        tags,
        summary: "Publish the state of a customer's loans, some at a time",
        params: IdParamsSchema,
        body: RepublishSchema,
        response,
      },
    },
    (request, reply) => republish(request, reply, request.params.id),
  );
}

function republishing({ database, refOf }: RepublishDependencies) {
  return async (
    request: Parameters<typeof commandContext>[0] & { body: Static<typeof RepublishSchema> },
    reply: Pick<FastifyReply, 'header'>,
    customerId: string | null,
  ) => {
    const { cursor, limit = LOANS_DEFAULT } = request.body;
    const position = decodeCursor(cursor, CursorSchema);
    if (isRefusal(position)) return position;
    const command = { customerId, after: position?.after, limit };
    const outcome = await execute(database, commandContext(request), (uow) => republishLoans(uow, refOf, command));
    if (isRefusal(outcome)) return outcome;
    if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
    const { published, after } = outcome.result;
    return { published, next_cursor: after === null ? null : encodeCursor({ after }) };
  };
}
