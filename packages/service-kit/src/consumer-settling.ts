import { createBatcher } from './batcher.ts';
import { type Guilt, type Share, type Subscriber, settleShares } from './consumer-transaction.ts';
import { isEnvironmentFault } from './environment-fault.ts';
import { sqlState } from './retry.ts';

const CUSTOMERS_PER_TRANSACTION_MAX = 50;
/** What a transaction costs whatever its size would be paid for each of a few. */
const CUSTOMERS_PER_TRANSACTION_MIN = 8;
/** After one that takes longer, or that fails by its size, transactions are smaller. */
const TRANSACTION_TARGET_MS = 50;
/** Each on a connection of its own. */
const TRANSACTIONS_AT_ONCE = 4;
/** Of those of a single partition that could not be settled beside others; requests need connections too. */
const LONE_TRANSACTIONS_AT_ONCE = 2;
/** How long partitions wait for one another; heartbeats go on meanwhile. */
const TURN_TIMEOUT_MS = 30_000;

/** Faults of a set that its parts may be spared: locks and time-outs. */
const contentionStates = new Set(['40001', '40P01', '55P03', '57014', '25P04']);

/** How a share is settled; each resolves with the progress stored. */
export interface Settling {
  /** How many customers a transaction may take now. */
  customersMax(): number;
  /** Beside those of other partitions; undefined when that failed. */
  together(share: CountedShare): Promise<bigint | undefined>;
  /** With `guilt` the items are put aside. */
  alone(share: Share, guilt: Guilt | undefined): Promise<bigint>;
}

export interface CountedShare extends Share {
  /** How many have events in it, at least one. */
  readonly customers: number;
}

/** The transactions of one consumer: as large as they can be quick, and a few at a time. */
export function createSettling(subscriber: Subscriber): Settling {
  let customersMax = CUSTOMERS_PER_TRANSACTION_MAX;

  function learn(wasQuick: boolean): void {
    customersMax = wasQuick
      ? Math.min(CUSTOMERS_PER_TRANSACTION_MAX, customersMax * 2)
      : Math.max(CUSTOMERS_PER_TRANSACTION_MIN, Math.floor(customersMax / 2));
  }

  async function settle(shares: readonly Share[], guilt?: Guilt): Promise<readonly bigint[]> {
    try {
      return await settleShares(subscriber, shares, guilt);
    } catch (error) {
      if (isContention(error)) learn(false);
      throw error;
    }
  }

  const together = createBatcher<CountedShare, bigint | undefined>({
    async run(shares) {
      const startedAt = performance.now();
      try {
        const stored = await settle(shares);
        learn(performance.now() - startedAt <= TRANSACTION_TARGET_MS);
        return stored;
      } catch (error) {
        if (shares.length === 1 || (isEnvironmentFault(error) && !isContention(error))) throw error;
        return shares.map(() => undefined);
      }
    },
    weightOf: ({ customers }) => customers,
    size: () => customersMax,
    runs: TRANSACTIONS_AT_ONCE,
    patienceMs: TURN_TIMEOUT_MS,
  });
  const alone = createBatcher<{ share: Share; guilt: Guilt | undefined }, bigint>({
    run: async (asked) => {
      const [{ share, guilt }] = asked as [(typeof asked)[number]];
      return settle([share], guilt);
    },
    size: 1,
    runs: LONE_TRANSACTIONS_AT_ONCE,
    patienceMs: TURN_TIMEOUT_MS,
  });
  return { customersMax: () => customersMax, together, alone: (share, guilt) => alone({ share, guilt }) };
}

export function isContention(error: unknown): boolean {
  return contentionStates.has(sqlState(error) ?? '');
}
