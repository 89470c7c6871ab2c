import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { choosePort } from '@tenor/local-stack';
import { eventually } from '../eventually.ts';

/** What goes wrong between the two ends, from the moment that it is set until another is. */
export type Fault =
  | { readonly kind: 'none' }
  /** Every piece arrives so much later, and up to the jitter later still; the order stays. */
  | { readonly kind: 'delay'; readonly ms: number; readonly jitterMs: number }
  | { readonly kind: 'throttle'; readonly bytesPerSecond: number }
  /** As when nothing listens: open connections are reset, new ones refused. */
  | { readonly kind: 'refuse' }
  /** Each connection is broken off once so many more bytes of answers have passed. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /**
   * As when the other machine is gone without a goodbye: connections are still taken, and what is sent this way is lost
   * in silence. A connection that has lost something stays dead, since the rest of it would make no sense.
   */
  | { readonly kind: 'swallow'; readonly what: 'requests' | 'answers' | 'both' };

export type Direction = 'requests' | 'answers';

/** Reads along on one connection; the bytes to pass on, or `cut` to lose them and reset the connection. */
export interface Tap {
  pass(direction: Direction, bytes: Buffer): Buffer | 'cut';
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface TcpProxy extends Address {
  set(fault: Fault): Promise<void>;
  /** Resets all open connections, once. */
  cut(): void;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Listens on a port of its own and passes everything on to `target`, as well as the fault allows. */
export async function startTcpProxy(target: Address, newTap?: () => Tap): Promise<TcpProxy> {
  const port = await choosePort();
  const links = new Set<Link>();
  let fault: Fault = { kind: 'none' };
  const server = createServer((client) => {
    const link = openLink({ client, server: connect(target) }, { fault: () => fault, tap: newTap?.() });
    links.add(link);
    link.closed.then(() => links.delete(link));
  });
  const listen = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: HOST, port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const cut = (): void => {
    for (const link of links) link.reset();
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    cut();
    await closed;
  };
  await listen();
  return {
    host: HOST,
    port,
    async set(next) {
      fault = next;
      for (const link of links) link.restart();
      if (next.kind === 'refuse') await close();
      else if (!server.listening) await eventually(listen);
    },
    cut,
    connections: () => links.size,
    close,
  };
}

interface Link {
  /** A new fault counts anew. */
  restart(): void;
  reset(): void;
  readonly closed: Promise<unknown>;
}

interface Ends {
  readonly client: Socket;
  readonly server: Socket;
}

function openLink({ client, server }: Ends, { fault, tap }: { fault: () => Fault; tap: Tap | undefined }): Link {
  const lost = new Set<Direction>();
  let answered = 0;
  const reset = (): void => {
    client.resetAndDestroy();
    server.resetAndDestroy();
  };

  /** What of the bytes still arrives, before any delay. */
  function arriving(direction: Direction, bytes: Buffer): Buffer {
    const current = fault();
    if (current.kind === 'swallow' && (current.what === 'both' || current.what === direction)) lost.add(direction);
    if (lost.has(direction)) return Buffer.alloc(0);
    const tapped = tap?.pass(direction, bytes) ?? bytes;
    if (tapped === 'cut') {
      reset();
      return Buffer.alloc(0);
    }
    if (current.kind !== 'cut' || direction === 'requests') return tapped;
    const left = current.afterBytes - answered;
    answered += tapped.length;
    return tapped.subarray(0, Math.max(0, left));
  }

  /** Passes pieces on in their order, each when it is due. */
  function carry(direction: Direction, from: Socket, to: Socket): void {
    let due = 0;
    let last: Promise<unknown> = Promise.resolve();
    const inOrder = (step: () => void): void => {
      const at = due;
      last = last.then(() => (at > performance.now() ? sleep(at - performance.now()) : undefined)).then(step);
    };
    from.on('data', (bytes) => {
      const piece = arriving(direction, bytes);
      const current = fault();
      due = dueAfter(due, current, piece.length);
      if (piece.length > 0) inOrder(() => to.writable && to.write(piece));
      if (current.kind === 'cut' && answered >= current.afterBytes) inOrder(reset);
    });
    from.on('end', () => {
      if (!lost.has(direction)) inOrder(() => to.end());
    });
    // A broken end is shown to the other as such, unless nothing gets through to it any more.
    from.on('error', () => {
      if (!lost.has(direction)) to.resetAndDestroy();
    });
  }
  carry('requests', client, server);
  carry('answers', server, client);
  const closed = Promise.all([client, server].map((end) => new Promise((resolve) => end.once('close', resolve))));
  return {
    restart: () => {
      answered = 0;
    },
    reset,
    closed,
  };
}

/** When a piece arrives that comes now, behind another that is due at `previous`. */
function dueAfter(previous: number, fault: Fault, bytes: number): number {
  const now = performance.now();
  if (fault.kind === 'delay') return Math.max(previous, now + fault.ms + Math.random() * fault.jitterMs);
  if (fault.kind === 'throttle') return Math.max(previous, now) + (1000 * bytes) / fault.bytesPerSecond;
  return Math.max(previous, now);
}
