import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on this machine; `handle` may be replaced while it runs. */
export async function startHttpServer(handle: RequestListener) {
  const state = { handle };
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(new URL(request.url ?? '', 'http://x').pathname);
    state.handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How often a path was asked for. */
    count: (path: string) => asked.filter((each) => each === path).length,
    answer: (next: RequestListener) => {
      state.handle = next;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
export type HttpServer = Awaited<ReturnType<typeof startHttpServer>>;
