import { entityTag, expectedVersion, IfMatchSchema, UuidSchema } from '@tenor/contracts';
import { type App, commandContext, isRefusal, readPage } from '@tenor/service-kit';
import type { IdentityService } from './identity.commands.ts';
import {
  NewUserSchema,
  UserListQuerySchema,
  UserPageSchema,
  UserParamsSchema,
  UserPatchSchema,
  UserSchema,
} from './identity.schemas.ts';
import { userJson } from './user-json.ts';
import { changeUserRecord, createUser, noUser } from './users.commands.ts';
import { findUser } from './users.store.ts';

const tags = ['users'];

export function usersRoutes(app: App, service: IdentityService): void {
  creation(app, service);
  changes(app, service);
  reads(app, service);
}

function creation(app: App, service: IdentityService): void {
  app.post(
    '/v1/users',
    {
      config: { permission: 'users:write', refusals: ['already_exists'] },
      schema: { tags, summary: 'Create a user with any roles', body: NewUserSchema, response: { 201: UserSchema } },
    },
    async (request, reply) => {
      const { username, password, email = null, roles, customer_id: customerId = null } = request.body;
      const command = { username, password, email, roles, customerId };
      const context = commandContext(request, withoutPassword(request.body));
      const outcome = await createUser(service, context, command);
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      const { user_id: id } = outcome.result;
      const found = await findUser(service.database, id);
      if (found === undefined) return noUser(id);
      reply.code(201).header('ETag', entityTag(found.user.version)).header('Location', `/v1/users/${id}`);
      return userJson(found);
    },
  );
}

function changes(app: App, service: IdentityService): void {
  app.patch(
    '/v1/users/:id',
    {
      config: { permission: 'users:write', refusals: ['not_found', 'version_conflict'] },
      schema: {
        tags,
        summary: "Change a user's roles, customer, status, e-mail or password",
        params: UserParamsSchema,
        headers: IfMatchSchema,
        body: UserPatchSchema,
        response: { 200: UserSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { customer_id: customerId, ...given } = request.body;
      const expected = expectedVersion(request.headers['if-match']);
      const context = commandContext(request, withoutPassword(request.body));
      const outcome = await changeUserRecord(service, context, { ...given, id, customerId, expected });
      if (isRefusal(outcome)) return outcome;
      if (outcome.replayed) reply.header('Idempotency-Replayed', 'true');
      const found = await findUser(service.database, id);
      if (found === undefined) return noUser(id);
      reply.header('ETag', entityTag(found.user.version));
      return userJson(found);
    },
  );
}

function reads(app: App, { database, users }: IdentityService): void {
  app.get(
    '/v1/users',
    {
      config: { permission: 'users:read' },
      schema: {
        tags,
        summary: 'List users, newest first',
        querystring: UserListQuerySchema,
        response: { 200: UserPageSchema },
      },
    },
    ({ query: { username, status, ...page } }) =>
      readPage(page, UuidSchema, (before, limit) => users.page(database, { username, status, before, limit }), {
        item: userJson,
        position: ({ user }) => user.id,
      }),
  );

  app.get(
    '/v1/users/:id',
    {
      config: { permission: 'users:read', refusals: ['not_found'] },
      schema: { tags, summary: 'Read a user', params: UserParamsSchema, response: { 200: UserSchema } },
    },
    async ({ params: { id } }, reply) => {
      const found = await findUser(database, id);
      if (found === undefined) return noUser(id);
      reply.header('ETag', entityTag(found.user.version));
      return userJson(found);
    },
  );
}

/** What is kept under an Idempotency-Key is a hash of the body: none of a password, which could be guessed by it. */
function withoutPassword<Body extends { readonly password?: string | undefined }>({ password: _, ...rest }: Body) {
  return rest;
}
