import pg from 'pg';
import { connectionConfig, type Database } from './database.ts';
import type { Logger } from './logging.ts';
import { onPublished } from './outbox.store.ts';
import { backOffMs } from './retry.ts';
import { statement } from './statement.ts';

export interface Signals {
  stop(): Promise<void>;
}

interface SignalOptions {
  readonly database: Database;
  readonly logger: Logger;
  readonly owns: (slot: number) => boolean;
  readonly wake: (slots: readonly number[]) => void;
}

/** Other replicas are told at most this often, outside the business transactions. */
const NOTIFY_INTERVAL_MS = 20;
const FIRST_BACK_OFF_MS = 500;
const BACK_OFF_MAX_MS = 30_000;

const notify = statement('outbox_notify', 'select pg_notify($1, $2)');

/**
 * Wakes this process's relay for slots it owns, and by NOTIFY the relays of other replicas for the
 * rest. Only a matter of speed: a lost signal costs one poll interval.
 */
export function startSignals({ database, logger, owns, wake }: SignalOptions): Signals {
  const channel = `tenor_outbox_${database.schema}`;
  const foreign = new Set<number>();
  let timer: NodeJS.Timeout | undefined;

  const tellOthers = (): void => {
    timer = undefined;
    const slots = [...foreign].join(',');
    foreign.clear();
    database.background.query(notify, [channel, slots]).catch(() => {});
  };
  const stopHearing = onPublished(database, (slots) => {
    wake(slots);
    for (const slot of slots) if (!owns(slot)) foreign.add(slot);
    if (foreign.size > 0) timer ??= setTimeout(tellOthers, NOTIFY_INTERVAL_MS);
  });
  const listener = listen(database, channel, logger, (payload) => {
    const slots = payload.split(',').map((slot) => Number.parseInt(slot, 10));
    if (slots.some(owns)) wake(slots);
  });
  return {
    async stop() {
      stopHearing();
      clearTimeout(timer);
      await listener.stop();
    },
  };
}

/** A connection of its own that listens, replaced when it breaks. */
function listen(database: Database, channel: string, logger: Logger, hear: (payload: string) => void): Signals {
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let failures = 0;

  const again = (error: unknown): void => {
    if (isStopped || timer !== undefined) return;
    failures += 1;
    logger.debug({ err: error }, 'no longer listening for events of other replicas');
    timer = setTimeout(start, backOffMs(failures, FIRST_BACK_OFF_MS, BACK_OFF_MAX_MS));
  };
  async function open(): Promise<void> {
    const opened = new pg.Client(connectionConfig(database.options));
    client = opened;
    // Once only: what it says while it ends must not start a second one.
    const giveUp = (error: unknown): void => {
      if (client !== opened) return;
      client = undefined;
      opened.end().catch(() => {});
      again(error);
    };
    opened.on('error', giveUp);
    opened.on('end', () => giveUp(undefined));
    opened.on('notification', ({ payload }) => hear(payload ?? ''));
    try {
      await opened.connect();
      await opened.query(`listen ${pg.escapeIdentifier(channel)}`);
      failures = 0;
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
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await opening;
      await client?.end().catch(() => {});
    },
  };
}
