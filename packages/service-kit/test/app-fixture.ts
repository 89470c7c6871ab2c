import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type App, type AppOptions, createApp, createLogger } from '../src/index.ts';

export const openConfig = { AUTH_REQUIRED: false, AUTH_ISSUER: 'tenor-test', AUTH_AUDIENCE: 'tenor' };

/** Log lines as objects, in the order written. */
export function logLines(level = 'info') {
  const lines: Record<string, unknown>[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  return { lines, logger: createLogger({ service: 'test', level, destination }) };
}

/** An app with production's options; `routes` are added before it is ready. */
export async function testApp(given: Partial<AppOptions> = {}, routes: (app: App) => void = () => undefined) {
  const { lines, logger } = logLines();
  const app = await createApp({
    name: 'test',
    config: openConfig,
    logger,
    openapi: { title: 'Test', version: '1' },
    ...given,
  });
  routes(app);
  await app.ready();
  return { app, lines };
}

/** An issuer with its key file in a folder of its own. */
export async function testIssuer(issuer = 'tenor-test') {
  const folder = await mkdtemp(join(tmpdir(), 'tenor-issuer-'));
  const jwksFile = join(folder, 'jwks.json');

  async function newKey(kid: string) {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' };
    return {
      jwk,
      sign: (claims: Record<string, unknown>, lifetime: string | number = '5m') =>
        new SignJWT({ sub: 'officer-1', iss: issuer, aud: 'tenor', ...claims })
          .setProtectedHeader({ alg: 'EdDSA', kid })
          .setIssuedAt()
          .setExpirationTime(lifetime)
          .sign(privateKey),
    };
  }

  const publish = (...jwks: unknown[]) => writeFile(jwksFile, JSON.stringify({ keys: jwks }));
  const key = await newKey('key-1');
  await publish(key.jwk);
  return { jwksFile, key, newKey, publish, remove: () => rm(folder, { recursive: true }) };
}
