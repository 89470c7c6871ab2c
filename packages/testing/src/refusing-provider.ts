import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REFUSING_PROVIDER } from './traffic-plan.ts';

export interface RefusingProvider {
  /** `GATEWAY_PROVIDERS` for services that are to know it. */
  readonly settings: string;
  stop(): Promise<void>;
}

/** A payment provider that answers every call that it will not do it. */
export async function startRefusingProvider(): Promise<RefusingProvider> {
  const server = createServer((_, response) => {
    response.writeHead(422, { 'content-type': 'application/json' }).end('{"code":"account_closed"}');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secret = 'a-secret-for-tests-only-0123456789';
  return {
    settings: JSON.stringify({ [REFUSING_PROVIDER]: { url, api_key: secret, webhook_secrets: [secret] } }),
    stop: () => new Promise((closed) => server.close(() => closed())),
  };
}
