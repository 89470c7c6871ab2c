import { createWaiter, preferredWaitMs } from '../src/index.ts';

const soon = { intervalMs: 1 };
const LONG_MS = 20_000;

describe('waiting', () => {
  test('many wait with one poll at a time, each for its own', async () => {
    const done = new Set<string>();
    let polling = 0;
    let most = 0;
    const asked: string[][] = [];
    const waiter = createWaiter({
      ...soon,
      poll: async (ids) => {
        polling += 1;
        most = Math.max(most, polling);
        asked.push(ids);
        await new Promise((resolve) => setImmediate(resolve));
        polling -= 1;
        return new Set(ids.filter((id) => done.has(id)));
      },
    });
    const first = [waiter.wait('a', LONG_MS), waiter.wait('a', LONG_MS), waiter.wait('b', LONG_MS)];
    expect(waiter.waiting()).toBe(3);
    done.add('a');
    expect(await Promise.all(first.slice(0, 2))).toEqual([true, true]);
    expect(waiter.waiting()).toBe(1);
    done.add('b');
    expect(await first[2]).toBe(true);
    expect({ most, waiting: waiter.waiting() }).toEqual({ most: 1, waiting: 0 });
    expect(asked.every((ids) => new Set(ids).size === ids.length)).toBe(true);
  });

  test('ends with false after its time, and polls no more once nobody waits', async () => {
    let polls = 0;
    const waiter = createWaiter({
      ...soon,
      poll: async () => {
        polls += 1;
        return new Set();
      },
    });
    expect(await waiter.wait('a', 20)).toBe(false);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const after = polls;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(polls).toBe(after);
  });

  test('starts polling again for whoever comes later', async () => {
    const waiter = createWaiter({ ...soon, poll: async (ids) => new Set(ids) });
    expect(await waiter.wait('a', LONG_MS)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await waiter.wait('b', LONG_MS)).toBe(true);
  });

  test('goes on after a poll that failed', async () => {
    let polls = 0;
    const waiter = createWaiter({
      ...soon,
      poll: async (ids) => {
        polls += 1;
        if (polls < 3) throw new Error('database away');
        return new Set(ids);
      },
    });
    expect(await waiter.wait('a', LONG_MS)).toBe(true);
  });

  test('beyond the limit, without time, or after a stop nobody waits', async () => {
    const waiter = createWaiter({ ...soon, maxWaiting: 2, poll: async () => new Set() });
    const held = [waiter.wait('a', LONG_MS), waiter.wait('a', LONG_MS)];
    expect(await waiter.wait('b', LONG_MS)).toBe(false);
    expect(await waiter.wait('b', 0)).toBe(false);
    waiter.stop();
    expect(await Promise.all(held)).toEqual([false, false]);
    expect(await waiter.wait('c', LONG_MS)).toBe(false);
    expect(waiter.waiting()).toBe(0);
  });
});

describe('Prefer', () => {
  test.each([
    ['wait=5', 5000],
    ['respond-async, wait=2', 2000],
    ['wait = "3"', 3000],
    ['WAIT=4; foo', 4000],
    [['handling=strict', 'wait=1'], 1000],
    ['wait=999999', 30_000],
    ['wait=-1', 0],
    ['wait=soon', 0],
    ['await=5', 0],
    ['', 0],
    [undefined, 0],
  ])('%p asks for %p ms', (header, expected) => expect(preferredWaitMs(header)).toBe(expected));
});
