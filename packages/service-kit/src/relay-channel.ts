import type { KafkaConnection } from './kafka.ts';
import { createSender, type Sender } from './relay-sender.ts';
import { atMost } from './time-limit.ts';

/** A producer, and how many lanes may use it at once. */
export interface Channel {
  readonly sender: Sender;
  /**
   * Does the work once a place is free; places are given in the order of asking. Work that takes longer than
   * SLOW_WORK_MS goes on without its place, so that a broker that does not answer holds up only its own partitions.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
}

export interface Channels {
  readonly steady: Channel;
  /** For lanes whose last try failed: they neither take places from the others nor cost them their producer. */
  readonly retrying: Channel;
  close(): Promise<void>;
}

const STEADY_PLACES = 2;
const RETRYING_PLACES = 2;
const SLOW_WORK_MS = 1_000;

export function createChannels(kafka: KafkaConnection): Channels {
  const steady = createChannel(kafka, STEADY_PLACES);
  const retrying = createChannel(kafka, RETRYING_PLACES);
  return {
    steady,
    retrying,
    async close() {
      await Promise.all([steady.sender.close(), retrying.sender.close()]);
    },
  };
}

function createChannel(kafka: KafkaConnection, places: number): Channel {
  const waiting: (() => void)[] = [];
  let free = places;
  return {
    sender: createSender(kafka),
    async inTurn(work) {
      if (free > 0) free -= 1;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      const working = work();
      void atMost(SLOW_WORK_MS, working).then(() => {
        // The place goes straight to the next, or is free.
        const next = waiting.shift();
        if (next === undefined) free += 1;
        else next();
      });
      return working;
    },
  };
}
