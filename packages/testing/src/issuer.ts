import { join } from 'node:path';
import { createIssuer, type TokenRequest } from '@tenor/local-stack';
import { testStack } from './coordinates.ts';

export interface TestIssuer {
  /** For AUTH_JWKS_FILE. */
  readonly jwksFile: string;
  /** For AUTH_ISSUER. */
  readonly issuer: string;
  token(role: string, subject?: string, more?: Omit<TokenRequest, 'role' | 'subject'>): Promise<string>;
}

/** The run's issuer of tokens; the same in all test files. */
export function testIssuer(): TestIssuer {
  const { issuer, jwksFile, sign } = createIssuer(join(testStack().folder, 'keys'));
  return {
    issuer,
    jwksFile,
    token: (role, subject, more) => sign({ role, ...more, ...(subject === undefined ? {} : { subject }) }),
  };
}
