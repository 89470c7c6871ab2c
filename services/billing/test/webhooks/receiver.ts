import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What a receiver makes of a request. */
export type Behaviour = (response: ServerResponse, socket: Socket) => void;

export const proper: Behaviour = (response) => void response.writeHead(200).end('thanks');
export const unavailable: Behaviour = (response) => void response.writeHead(503).end('later\u0000');
export const gone: Behaviour = (response) => void response.writeHead(410).end();
/** The connection stays open, and nothing comes. */
export const silent: Behaviour = () => {};
export const garbage: Behaviour = (_, socket) => void socket.end('It works!\r\n\r\n');
export const lost: Behaviour = (_, socket) => void socket.destroy();

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** A consumer's server, which keeps what it gets and answers as it is told. */
export async function startReceiver(host = '127.0.0.1', port = 0) {
  const received: Received[] = [];
  let behaviour = proper;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
      behaviour(response, request.socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(port, host, resolve));
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host}:${address.port}/hook`,
    port: address.port,
    received,
    behave(next: Behaviour): void {
      behaviour = next;
    },
    async stop(): Promise<void> {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
