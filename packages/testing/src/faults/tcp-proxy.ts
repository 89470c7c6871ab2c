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

/** What a proxy has done so far: counted where it takes effect, so that a fault that does nothing counts nothing. */
export interface Passage {
  /** Passed on, in both directions. */
  readonly bytes: number;
  /** Pieces that were held back until they were due. */
  readonly delayed: number;
  /** Pieces that were lost in silence. */
  readonly swallowed: number;
  /** Connections that the proxy reset. */
  readonly resets: number;
  /** Of these, those that were broken off with an answer passed on in part. */
  readonly cutAnswers: number;
}

export interface TcpProxy extends Address {
  set(fault: Fault): Promise<void>;
  /** Resets all open connections, once. */
  cut(): void;
  passage(): Passage;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Listens on a port of its own and passes everything on to `target`, as well as the fault allows. */
export async function startTcpProxy(target: Address, newTap?: () => Tap): Promise<TcpProxy> {
  const port = await choosePort();
  const links = new Set<Link>();
  const passage = { bytes: 0, delayed: 0, swallowed: 0, resets: 0, cutAnswers: 0 };
  let fault: Fault = { kind: 'none' };
  const server = createServer((client) => {
    const link = openLink({ client, server: connect(target) }, { fault: () => fault, tap: newTap?.(), passage });
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
    passage: () => ({ ...passage }),
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

interface Handling {
  readonly fault: () => Fault;
  readonly tap: Tap | undefined;
  /** Counted up. */
  readonly passage: { -readonly [Count in keyof Passage]: number };
}

function openLink({ client, server }: Ends, { fault, tap, passage }: Handling): Link {
  const lost = new Set<Direction>();
  let answered = 0;
  let isCutShort = false;
  const reset = (): void => {
    if (client.destroyed && server.destroyed) return;
    passage.resets += 1;
    if (isCutShort) passage.cutAnswers += 1;
    client.resetAndDestroy();
    server.resetAndDestroy();
  };

  /** What of the bytes still arrives, before any delay. */
  function arriving(direction: Direction, bytes: Buffer): Buffer {
    const current = fault();
    if (current.kind === 'swallow' && (current.what === 'both' || current.what === direction)) lost.add(direction);
    if (lost.has(direction)) {
      passage.swallowed += 1;
      return Buffer.alloc(0);
    }
    const tapped = tap?.pass(direction, bytes) ?? bytes;
    if (tapped === 'cut') {
      reset();
      return Buffer.alloc(0);
    }
    if (current.kind !== 'cut' || direction === 'requests') return tapped;
    const left = current.afterBytes - answered;
    answered += tapped.length;
    isCutShort ||= left > 0 && left < tapped.length;
    return tapped.subarray(0, Math.max(0, left));
  }

  /** Passes pieces on in their order, each when it is due. */
  function carry(direction: Direction, from: Socket, to: Socket): void {
    let due = 0;
    const whenDue = turnsInTime(passage);
    const inOrder = (step: () => void): void => whenDue(due, step);
    const pass = (piece: Buffer): void => {
      if (!to.writable) return;
      passage.bytes += piece.length;
      to.write(piece);
    };
    from.on('data', (bytes) => {
      const piece = arriving(direction, bytes);
      const current = fault();
      due = dueAfter(due, current, piece.length);
      if (piece.length > 0) inOrder(() => pass(piece));
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

/** Takes steps one after the other, each when it is due, and counts those that had to wait. */
function turnsInTime(passage: Handling['passage']): (due: number, step: () => void) => void {
  let last: Promise<unknown> = Promise.resolve();
  return (due, step) => {
    last = last
      .then(async () => {
        if (due <= performance.now()) return;
        await sleep(due - performance.now());
        passage.delayed += 1;
      })
      .then(step);
  };
}

/** When a piece arrives that comes now, behind another that is due at `previous`. */
function dueAfter(previous: number, fault: Fault, bytes: number): number {
  const now = performance.now();
  if (fault.kind === 'delay') return Math.max(previous, now + fault.ms + Math.random() * fault.jitterMs);
  if (fault.kind === 'throttle') return Math.max(previous, now) + (1000 * bytes) / fault.bytesPerSecond;
  return Math.max(previous, now);
}
