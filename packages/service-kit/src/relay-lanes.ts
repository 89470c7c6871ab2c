import type { KafkaConnection } from './kafka.ts';
import type { Leases } from './outbox-leases.ts';
import { laneOf } from './outbox-slots.ts';
import type { RelayHealth } from './relay-health.ts';
import { createPartedLanes, restAfter, restAfterFailures } from './relay-parted.ts';
import { type Outcome, type Pass, type PassOptions, passOver, SendFault } from './relay-pass.ts';
import { createSender } from './relay-sender.ts';
import { type Rest, startTurns } from './turns.ts';

export interface Lanes {
  /** Looks at these slots now, or at all. */
  wake(slots?: readonly number[]): void;
  /** Resolves once the passes that are now under way have ended, however they end. */
  settled(): Promise<unknown>;
  /** Resolves once they have ended after `signal`. */
  ended(): Promise<unknown>;
  /** Disconnects. */
  close(): Promise<void>;
}

interface LaneOptions extends PassOptions {
  readonly kafka: KafkaConnection;
  readonly leases: Leases;
  readonly health: RelayHealth;
  readonly signal: AbortSignal;
}

/** Lets some events come together: a pass that left nothing behind is followed by the next no sooner than this after it began. */
const GATHER_MS = 10;

/**
 * Sends what the leased slots hold, in order, until `signal`: all lanes in one pass after the other, but for those whose
 * send failed or is slow. Such a lane is parted: it has passes of its own, by a producer that the others do not use,
 * until one of them was acknowledged quickly.
 */
export function startLanes(options: LaneOptions): Lanes {
  const { kafka, leases, health, signal } = options;
  const senders = { together: createSender(kafka), parted: createSender(kafka) };
  const underWay = new Set<Promise<void>>();

  const sendable = (isOf: (lane: number) => boolean) => () => leases.sendable().filter((slot) => isOf(laneOf(slot)));
  const holds = (isOf: (lane: number) => boolean): boolean => leases.held().some((slot) => isOf(laneOf(slot)));
  function run(pass: Pass): Promise<Outcome> {
    const outcome = passOver(options, pass);
    const ignored = (): void => {};
    const settled: Promise<void> = outcome.then(ignored, ignored).then(() => void underWay.delete(settled));
    underWay.add(settled);
    return outcome;
  }

  const parted = createPartedLanes({
    passOver: (lane) => run({ slots: sendable((other) => other === lane), sender: senders.parted }),
    holds: (lane) => holds((other) => other === lane),
    health,
    slowSendMs: options.slowSendMs,
    rejoined: () => together.wake(),
    signal,
  });
  const isTogether = (lane: number): boolean => !parted.has(lane);
  const part = (lanes: ReadonlySet<number>, why: 'slow' | 'failed'): void => {
    for (const lane of lanes) parted.part(lane, why);
  };

  /** Ends with the pass, or as soon as the lanes that it is slow for are parted. */
  async function passTogether(): Promise<Outcome> {
    const slow = Promise.withResolvers<Outcome>();
    const onSlow = (lanes: ReadonlySet<number>): void => {
      part(lanes, 'slow');
      slow.resolve('more');
    };
    return Promise.race([run({ slots: sendable(isTogether), sender: senders.together, onSlow }), slow.promise]);
  }
  let failures = 0;
  async function turnTogether(): Promise<Rest> {
    try {
      const outcome = await passTogether();
      failures = 0;
      health.succeeded('database');
      return restAfter(outcome, { hasSlots: holds(isTogether), atLeastMs: GATHER_MS });
    } catch (error) {
      if (error instanceof SendFault) {
        for (const lane of error.lanes) health.failed(lane, error.cause);
        part(error.lanes, 'failed');
        return { kind: 'none' };
      }
      failures += 1;
      health.failed('database', error);
      return restAfterFailures(failures);
    }
  }
  const together = startTurns(turnTogether, signal);

  return {
    wake(slots) {
      const lanes = slots && new Set(slots.map(laneOf));
      if (lanes === undefined || [...lanes].some(isTogether)) together.wake();
      parted.wake(lanes);
    },
    settled: () => Promise.all(underWay),
    ended: () => Promise.all([together.ended, parted.ended()]),
    async close() {
      await Promise.all([senders.together.close(), senders.parted.close()]);
    },
  };
}
