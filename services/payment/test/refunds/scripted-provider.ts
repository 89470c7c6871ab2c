import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export const refusal: Answer = { status: 422, body: { code: 'account_closed' } };
export const acceptance: Answer = { status: 201, body: { id: 'po_1' } };

export type ScriptedProvider = Awaited<ReturnType<typeof startScriptedProvider>>;

/** A provider that leaves each attempt of a call without an answer until the test gives one, in any order. */
export async function startScriptedProvider() {
  const attempts: ((answer: Answer) => void)[] = [];
  let told: Record<string, unknown> | undefined;
  const server = createServer(async (request, response) => {
    const reference = request.url?.split('/').at(-1);
    const { status, body } = request.method === 'POST' ? await attempted(request) : asked(reference);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const attempted = (request: IncomingMessage): Promise<Answer> => {
    request.resume();
    return new Promise((answer) => attempts.push(answer));
  };
  const asked = (reference: string | undefined): Answer =>
    told === undefined
      ? { status: 404, body: { code: 'not_found' } }
      : { status: 200, body: { reference, amount: '40.00', currency: 'IDR', ...told } };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Forgets what came before. */
    begin(): void {
      attempts.length = 0;
      told = undefined;
    },
    attempts: () => attempts.length,
    /** Answers the attempt that came as the nth, from 1. */
    answer(nth: number, answer: Answer): void {
      attempts[nth - 1]?.(answer);
    },
    /** What it tells of any call from now on when it is asked; it knows of none while this is undefined. */
    tell(operation: Record<string, unknown> | undefined): void {
      told = operation;
    },
    stop: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}
