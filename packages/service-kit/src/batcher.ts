import { isEnvironmentFault } from './environment-fault.ts';
import { TimeoutError } from './time-limit.ts';

export interface BatcherOptions<Item, Result> {
  /** The results in the order of the items; a rejection is that of each of them. */
  run(items: readonly Item[]): Promise<readonly Result[]>;
  /** Items of the same group never run at the same time, and in the order in which they came. */
  groupOf?(item: Item): string;
  /** What an item counts for in the size of a run; 1 unless given. */
  weightOf?(item: Item): number;
  /** How much one run takes at most, but for a heavier item that is alone; asked before each run if it changes. */
  readonly size?: number | (() => number);
  /** How many runs there may be at the same time, each on a connection of its own. */
  readonly runs?: number;
  /** How long an item may wait for its run to begin. */
  readonly patienceMs?: number;
}

const SIZE = 50;
const RUNS = 2;
/** As long as a request waits for a connection. */
const PATIENCE_MS = 5_000;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly group: string | undefined;
  readonly timer: NodeJS.Timeout;
  resolve(result: Result): void;
  reject(error: unknown): void;
}

/**
 * Runs together what is asked for at the same time: alone and at once on an idle machine, and the more in one run the
 * more there is to do. Nothing waits in order to be joined by others. An item that is not begun in time is rejected
 * with an environment fault, and never begun.
 */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): (item: Item) => Promise<Result> {
  const { run, groupOf, weightOf = () => 1, size = SIZE, runs = RUNS, patienceMs = PATIENCE_MS } = options;
  const busy = new Set<string>();
  let waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  let isStarting = false;

  function take(): Waiting<Item, Result>[] {
    const taken: Waiting<Item, Result>[] = [];
    const left: Waiting<Item, Result>[] = [];
    const passed = new Set<string>();
    let room = typeof size === 'function' ? size() : size;
    for (const each of waiting) {
      const { item, group } = each;
      const isFree = group === undefined || !(busy.has(group) || passed.has(group));
      const weight = weightOf(item);
      if (isFree && (weight <= room || taken.length === 0)) {
        taken.push(each);
        room -= weight;
      } else left.push(each);
      if (group !== undefined) passed.add(group);
    }
    waiting = left;
    return taken;
  }

  async function carryOut(taken: readonly Waiting<Item, Result>[]): Promise<void> {
    const groups = taken.flatMap(({ group }) => group ?? []);
    for (const group of groups) busy.add(group);
    for (const { timer } of taken) clearTimeout(timer);
    running += 1;
    try {
      const results = await run(taken.map(({ item }) => item));
      for (const [index, { resolve }] of taken.entries()) resolve(results[index] as Result);
    } catch (error) {
      for (const { reject } of taken) reject(error);
    } finally {
      running -= 1;
      for (const group of groups) busy.delete(group);
      start();
    }
  }

  function start(): void {
    isStarting = false;
    while (running < runs && waiting.length > 0) {
      const taken = take();
      if (taken.length === 0) return;
      void carryOut(taken);
    }
  }

  function giveUp(late: Waiting<Item, Result>): void {
    waiting = waiting.filter((each) => each !== late);
    late.reject(new TimeoutError(`Not begun within ${patienceMs} ms`));
  }

  return (item) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => giveUp(each), patienceMs);
      const each: Waiting<Item, Result> = { item, group: groupOf?.(item), timer, resolve, reject };
      waiting.push(each);
      if (isStarting) return;
      isStarting = true;
      // Once all requests that have arrived by now are read.
      setImmediate(start);
    });
}

/**
 * Reads by key, what is asked for at the same time in one go. A read of several that fails by one of them is repeated
 * key by key.
 */
export function createReader<Key, Value>(
  read: (keys: readonly Key[]) => Promise<readonly Value[]>,
): (key: Key) => Promise<Value> {
  const batch = createBatcher<Key, Value | (() => Promise<Value>)>({
    async run(keys) {
      try {
        return await read(keys);
      } catch (error) {
        if (keys.length === 1 || isEnvironmentFault(error)) throw error;
        return keys.map((key) => async () => (await read([key]))[0] as Value);
      }
    },
  });
  return async (key) => {
    const value = await batch(key);
    return typeof value === 'function' ? (value as () => Promise<Value>)() : value;
  };
}
