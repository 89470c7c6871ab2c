import type { Database } from './database.ts';
import { onPublished } from './outbox.store.ts';
import { statement } from './statement.ts';

export interface Signals {
  /** The channel on which other replicas tell their slots. */
  readonly channel: string;
  /** What was told there. */
  hear(payload: string): void;
  stop(): void;
}

interface SignalOptions {
  readonly database: Database;
  readonly owns: (slot: number) => boolean;
  readonly wake: (slots: readonly number[]) => void;
}

/** Other replicas are told at most this often, outside the business transactions. */
const NOTIFY_INTERVAL_MS = 20;

const notify = statement('outbox_notify', 'select pg_notify($1, $2)');

/**
 * Wakes this process's relay for slots it owns, and by NOTIFY the relays of other replicas for the
 * rest. Only a matter of speed: a lost signal costs one poll interval.
 */
export function startSignals({ database, owns, wake }: SignalOptions): Signals {
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
  return {
    channel,
    hear(payload) {
      const slots = payload.split(',').map((slot) => Number.parseInt(slot, 10));
      if (slots.some(owns)) wake(slots);
    },
    stop() {
      stopHearing();
      clearTimeout(timer);
    },
  };
}
