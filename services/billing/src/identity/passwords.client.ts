import { randomBytes } from 'node:crypto';
import * as argon2 from '@node-rs/argon2';
import { preparedPassword } from './password-policy.ts';

/** Hashes passwords, off the event loop. */
export interface Passwords {
  /** As PHC text, which names its parameters. */
  hash(password: string): Promise<string>;
  /** Whether the password is the one that was hashed. Without a hash the same work is done for nothing, and it is not. */
  verify(hashed: string | undefined, password: string): Promise<boolean>;
}

/** Of argon2id, which is the library's choice where none is made: 19 MiB, 2 passes, 1 lane (OWASP). */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** `library` is the one that does the work. */
export function argon2Passwords(library: Pick<typeof argon2, 'hash' | 'verify'> = argon2): Passwords {
  const hashOf = (password: string) => library.hash(preparedPassword(password), PARAMETERS);
  // Of what nobody knows: who a user is not must cost as much as who a user is.
  const nobodys = hashOf(randomBytes(32).toString('hex'));
  return {
    hash: hashOf,
    async verify(hashed, password) {
      const isTheirs = await library.verify(hashed ?? (await nobodys), preparedPassword(password));
      return isTheirs && hashed !== undefined;
    },
  };
}
