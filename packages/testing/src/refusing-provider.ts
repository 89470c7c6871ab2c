import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REFUSING_PROVIDER } from './traffic-plan.ts';

export interface RefusingProvider {
  /** `GATEWAY_PROVIDERS` for services that are to know it. */
  readonly settings: string;
  stop(): Promise<void>;
}

/** A payment provider that answers every call that it will not do it, and so knows of none. */
export async function startRefusingProvider(): Promise<RefusingProvider> {
  const server = createServer(({ method }, response) => {
    const [status, code] = method === 'GET' ? [404, 'not_found'] : [422, 'account_closed'];
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const secret = 'a-secret-for-tests-only-0123456789';
  return {
    settings: JSON.stringify({ [REFUSING_PROVIDER]: { url, api_key: secret, webhook_secrets: [secret] } }),
    stop: () => new Promise((closed) => server.close(() => closed())),
  };
}
