import { join } from 'node:path';
import { createIssuer, type TokenRequest } from '@tenor/local-stack';
import { type StackCoordinates, testStack } from './coordinates.ts';

export interface TestIssuer {
  /** For AUTH_JWKS_FILE. */
  readonly jwksFile: string;
  /** For AUTH_SIGNING_KEYS_FILE. */
  readonly signingKeysFile: string;
  /** For AUTH_ISSUER. */
  readonly issuer: string;
  token(role: string, subject?: string, more?: Omit<TokenRequest, 'role' | 'subject'>): Promise<string>;
}

/** The issuer of tokens of a stack, the run's unless told; the same in all test files. */
export function testIssuer({ folder }: StackCoordinates = testStack()): TestIssuer {
  const { issuer, jwksFile, signingKeysFile, sign } = createIssuer(join(folder, 'keys'));
  return {
    issuer,
    jwksFile,
    signingKeysFile,
    token: (role, subject, more) => sign({ role, ...more, ...(subject === undefined ? {} : { subject }) }),
  };
}
