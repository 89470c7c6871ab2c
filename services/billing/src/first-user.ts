import { text } from 'node:stream/consumers';
import { baseConfigSchema, isRefusal, loadConfig, newId } from '@tenor/service-kit';
import { Type } from 'typebox';
import { openBillingDatabase } from './database.ts';
import { argon2Passwords } from './identity/passwords.client.ts';
import { ensureUser } from './identity/users.commands.ts';
import { usersStore } from './identity/users.store.ts';
import { identityKeys } from './identity-config.ts';

/** Never an argument of the program: what stands there, everybody on the machine can read. */
const firstUserSchema = Type.Object({
  DATABASE_URL: baseConfigSchema.properties.DATABASE_URL,
  DATABASE_POOL_SIZE: baseConfigSchema.properties.DATABASE_POOL_SIZE,
  EXTERNAL_REF_KEY: baseConfigSchema.properties.EXTERNAL_REF_KEY,
  AUTH_PASSWORD_LENGTH_MIN: identityKeys.AUTH_PASSWORD_LENGTH_MIN,
  NEW_USERNAME: Type.String({ minLength: 1, maxLength: 100, description: 'Of the user to make.' }),
  NEW_PASSWORD: Type.Optional(
    Type.String({ minLength: 1, maxLength: 256, secret: true, description: 'Read from standard input without it.' }),
  ),
});

/**
 * Makes a user of this role by the environment, past the API, and resolves with what to tell of it. One who exists already
 * is left as they are. Rejects for a name or a password that will not do, and for a name that another user has.
 */
export async function makeFirstUser(role: 'admin' | 'service', env: NodeJS.ProcessEnv): Promise<string> {
  const config = loadConfig(firstUserSchema, env);
  const password = config.NEW_PASSWORD ?? (await text(process.stdin)).replace(/\r?\n$/, '');
  const database = await openBillingDatabase(config);
  try {
    const service = {
      database,
      users: usersStore(config.EXTERNAL_REF_KEY),
      passwords: argon2Passwords(),
      passwordLengthMin: config.AUTH_PASSWORD_LENGTH_MIN,
    };
    const context = { caller: { id: `create-${role}`, roles: [] }, requestId: newId() };
    const outcome = await ensureUser(service, context, { username: config.NEW_USERNAME, password, role });
    if (isRefusal(outcome)) throw new Error(outcome.detail);
    return `${config.NEW_USERNAME}, of role ${role}, ${outcome === 'created' ? 'can log in' : 'exists already and is left as it is'}`;
  } finally {
    await database.close();
  }
}
