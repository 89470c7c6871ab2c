import { type Address, startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** A Postgres server as seen through a proxy. */
export interface PostgresProxy extends TcpProxy {
  /** Resets the connection instead of passing on the next so many answers to COMMIT: what was to be kept is kept. */
  dropCommitAnswers(count: number): void;
  /** How many such answers were dropped so far. */
  dropped(): number;
}

/** CommandComplete of a commit: its letter, the length of the rest, the tag. */
const COMMITTED = Buffer.concat([Buffer.from('C'), Buffer.from([0, 0, 0, 11]), Buffer.from('COMMIT\0')]);

/** Stands between clients and a server; it reads along for commits, by https://www.postgresql.org/docs/18/protocol.html */
export async function startPostgresProxy(target: Address): Promise<PostgresProxy> {
  const answers = { toDrop: 0, dropped: 0 };
  const proxy = await startTcpProxy(target, () => ({
    pass(direction, bytes) {
      if (direction === 'requests' || answers.toDrop === 0 || !bytes.includes(COMMITTED)) return bytes;
      answers.toDrop -= 1;
      answers.dropped += 1;
      return 'cut';
    },
  }));
  return {
    ...proxy,
    dropCommitAnswers(count) {
      answers.toDrop += count;
    },
    dropped: () => answers.dropped,
  };
}
