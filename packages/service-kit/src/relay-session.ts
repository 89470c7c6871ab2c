import { randomInt } from 'node:crypto';
import pg from 'pg';
import { connectionConfig, type Database } from './database.ts';
import type { Logger } from './logging.ts';
import { RELAY_SESSION_LOCK } from './outbox-slots.ts';
import { backOffMs } from './retry.ts';

export interface RelaySession {
  /** Its number, under which the database holds a lock for as long as the session lasts; undefined without a session. */
  number(): number | undefined;
  stop(): Promise<void>;
}

interface SessionOptions {
  readonly database: Database;
  readonly logger: Logger;
  /** What others notify, and what is done about it. */
  readonly channel: string;
  readonly hear: (payload: string) => void;
  /** There is a number now, or no longer. */
  readonly changed: () => void;
}

const FIRST_BACK_OFF_MS = 500;
const BACK_OFF_MAX_MS = 30_000;
const NUMBER_MAX = 2 ** 31;

/**
 * A connection of the relay's own, replaced when it breaks: it listens, and holds a lock by whose absence other relays
 * know that this one is gone. The operating system closes it with the process, however that ends.
 */
export function openSession({ database, logger, channel, hear, changed }: SessionOptions): RelaySession {
  let client: pg.Client | undefined;
  let number: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let failures = 0;

  const again = (error: unknown): void => {
    if (isStopped || timer !== undefined) return;
    failures += 1;
    logger.debug({ err: error }, 'the session of the outbox relay is lost and tried again');
    timer = setTimeout(start, backOffMs(failures, FIRST_BACK_OFF_MS, BACK_OFF_MAX_MS));
  };
  const name = (given: number | undefined): void => {
    if (number === given) return;
    number = given;
    if (!isStopped) changed();
  };
  async function open(): Promise<void> {
    const opened = new pg.Client(connectionConfig(database.options));
    client = opened;
    // Once only: what it says while it ends must not start a second one.
    const giveUp = (error: unknown): void => {
      if (client !== opened) return;
      client = undefined;
      name(undefined);
      opened.end().catch(() => {});
      again(error);
    };
    opened.on('error', giveUp);
    opened.on('end', () => giveUp(undefined));
    opened.on('notification', ({ payload }) => hear(payload ?? ''));
    try {
      await opened.connect();
      await opened.query(`listen ${pg.escapeIdentifier(channel)}`);
      // A new number each time: the lock of a session that died in silence may last for long.
      const given = randomInt(NUMBER_MAX);
      await opened.query('select pg_advisory_lock($1, $2)', [RELAY_SESSION_LOCK, given]);
      failures = 0;
      if (client === opened) name(given);
    } catch (error) {
      giveUp(error);
    }
  }
  let opening: Promise<void> = Promise.resolve();
  function start(): void {
    timer = undefined;
    if (!isStopped) opening = open();
  }
  start();
  return {
    number: () => number,
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await opening;
      await client?.end().catch(() => {});
    },
  };
}
