import { InstantSchema, PageQuerySchema, pageOf, textSchema, UuidSchema } from '@tenor/contracts';
import { type Static, type TSchema, Type } from 'typebox';

const USERNAME_LENGTH_MAX = 100;
/** Bounds the work of hashing; no password that anybody types is longer. */
const PASSWORD_LENGTH_MAX = 256;
const NAME_LENGTH_MAX = 100;
const EMAIL_LENGTH_MAX = 254;
const TOKEN_LENGTH_MAX = 200;
const KEYS_MAX = 100;

const closed = { additionalProperties: false } as const;
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);

const username = {
  ...textSchema(USERNAME_LENGTH_MAX, 'Letters, digits and . _ @ + -; the same in either case'),
  examples: ['ana.ng'],
};
const password = Type.String({ minLength: 1, maxLength: PASSWORD_LENGTH_MAX });
const newPassword = {
  ...password,
  description: 'At least 12 characters unless the operator says otherwise, of any kinds; none that is guessed first',
  examples: ['plum river copper 41'],
};
const email = Type.String({ format: 'email', maxLength: EMAIL_LENGTH_MAX });
const name = textSchema(NAME_LENGTH_MAX, 'The customer is called by the user name where neither name is given');
const roles = Type.Array(Type.Enum(['admin', 'officer', 'auditor', 'customer', 'service']), {
  minItems: 1,
  maxItems: 5,
  uniqueItems: true,
});
const customerId = orNull({ ...UuidSchema, description: 'The customer that a user of role `customer` is' });

export const RegistrationSchema = Type.Object(
  {
    username,
    password: newPassword,
    email: Type.Optional(email),
    first_name: Type.Optional(name),
    last_name: Type.Optional(name),
    phone: Type.Optional(Type.String({ pattern: '^\\+?[0-9][0-9 ().-]{2,24}$' })),
  },
  closed,
);
export const LoginSchema = Type.Object({ username, password }, closed);
export type LoginJson = Static<typeof LoginSchema>;
export const RefreshTokenSchema = Type.Object(
  { refresh_token: Type.String({ minLength: 1, maxLength: TOKEN_LENGTH_MAX }) },
  closed,
);

const accessToken = {
  access_token: Type.String({ description: 'Sent as `Authorization: Bearer …`' }),
  token_type: Type.Enum(['Bearer']),
  expires_in: Type.Integer({ description: 'Seconds' }),
};
export const AccessTokenSchema = Type.Object(accessToken, closed);
export const TokensSchema = Type.Object(
  { ...accessToken, refresh_token: Type.String({ description: 'For one use; its successor comes with the answer' }) },
  closed,
);
export type TokensJson = Static<typeof TokensSchema>;

/** RFC 6749, 4.4.2; the credentials may come by basic authentication instead (2.3.1). Others' parameters are ignored. */
export const ClientCredentialsSchema = Type.Object({
  grant_type: Type.Enum(['client_credentials']),
  client_id: Type.Optional(username),
  client_secret: Type.Optional(password),
});
export type ClientCredentialsJson = Static<typeof ClientCredentialsSchema>;

const jwk = Type.Object(
  { kty: Type.String(), kid: Type.String(), alg: Type.String(), use: Type.String() },
  { additionalProperties: Type.String() },
);
export const JwksSchema = Type.Object({ keys: Type.Array(jwk, { maxItems: KEYS_MAX }) }, closed);

const UserStatusSchema = Type.Enum(['active', 'disabled'], { description: 'A disabled user gets no more tokens' });
export const UserSchema = Type.Object(
  {
    id: UuidSchema,
    username: Type.String(),
    email: orNull(Type.String()),
    roles: Type.Array(Type.String()),
    customer_id: customerId,
    status: UserStatusSchema,
    version: Type.Integer({ description: 'As in the ETag' }),
    created_at: InstantSchema,
  },
  closed,
);
export type UserJson = Static<typeof UserSchema>;
export const UserPageSchema = pageOf(UserSchema);

export const NewUserSchema = Type.Object(
  {
    username,
    password: newPassword,
    email: Type.Optional(email),
    roles,
    customer_id: Type.Optional(customerId),
  },
  closed,
);
export const UserPatchSchema = Type.Object(
  {
    password: Type.Optional(newPassword),
    email: Type.Optional(orNull(email)),
    roles: Type.Optional(roles),
    customer_id: Type.Optional(customerId),
    status: Type.Optional(UserStatusSchema),
  },
  { ...closed, minProperties: 1, description: 'What is left out stays; null empties' },
);
export const UserParamsSchema = Type.Object({ id: UuidSchema }, closed);
export const UserListQuerySchema = Type.Object(
  { ...PageQuerySchema.properties, username: Type.Optional(username), status: Type.Optional(UserStatusSchema) },
  closed,
);
