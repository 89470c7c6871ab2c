import { type BatcherOptions, createBatcher, createReader } from '../src/batcher.ts';
import { isEnvironmentFault } from '../src/environment-fault.ts';

interface Run {
  readonly items: readonly string[];
  end(): void;
  fail(error: Error): void;
}

/** A batcher whose runs end when the test says so; an item's group is its first letter. */
function openBatcher(
  options: Partial<Pick<BatcherOptions<string, string>, 'size' | 'weightOf' | 'runs' | 'patienceMs'>> = {},
) {
  const runs: Run[] = [];
  const batch = createBatcher<string, string>({
    groupOf: (item) => item.charAt(0),
    run: (items) =>
      new Promise((resolve, reject) => {
        runs.push({ items, end: () => resolve(items.map((item) => `${item}!`)), fail: reject });
      }),
    ...options,
  });
  const begun = () => runs.map(({ items }) => items);
  return { batch, runs, begun };
}

/** Until all that has arrived is begun. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('runs together what comes at the same time, and gives each item its own result', async () => {
  const { batch, runs, begun } = openBatcher();
  const results = ['a', 'b', 'c'].map((item) => batch(item));
  await settled();
  expect(begun()).toEqual([['a', 'b', 'c']]);
  runs[0]?.end();
  expect(await Promise.all(results)).toEqual(['a!', 'b!', 'c!']);
});

test('begins no more runs at once than allowed, and takes what waits meanwhile in the next one', async () => {
  const { batch, runs, begun } = openBatcher({ runs: 1, size: 2 });
  const results = ['a', 'b', 'c', 'd', 'e'].map((item) => batch(item));
  await settled();
  expect(begun()).toEqual([['a', 'b']]);
  for (const index of [0, 1, 2]) {
    runs[index]?.end();
    await settled();
  }
  expect(begun()).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
  expect(await Promise.all(results)).toEqual(['a!', 'b!', 'c!', 'd!', 'e!']);
});

test('fills a run up to its size at that moment by what items weigh, and takes a heavier one alone', async () => {
  let size = 4;
  const { batch, runs, begun } = openBatcher({ runs: 1, size: () => size, weightOf: (item) => item.length });
  const results = ['aa', 'bb', 'c', 'dddddd', 'ee', 'f'].map((item) => batch(item));
  await settled();
  expect(begun()).toEqual([['aa', 'bb']]);
  size = 2;
  for (const index of [0, 1, 2, 3]) {
    runs[index]?.end();
    await settled();
  }
  expect(begun()).toEqual([['aa', 'bb'], ['c', 'f'], ['dddddd'], ['ee']]);
  runs[4]?.end();
  await Promise.all(results);
});

test('never runs two of a group at the same time, and keeps their order', async () => {
  const { batch, runs, begun } = openBatcher({ runs: 3 });
  const results = ['a1', 'b1', 'a2', 'a3'].map((item) => batch(item));
  await settled();
  expect(begun()).toEqual([['a1', 'b1']]);
  runs[0]?.end();
  await settled();
  runs[1]?.end();
  await settled();
  runs[2]?.end();
  expect(begun()).toEqual([['a1', 'b1'], ['a2'], ['a3']]);
  expect(await Promise.all(results)).toEqual(['a1!', 'b1!', 'a2!', 'a3!']);
});

test('rejects the items of a failed run, and goes on with the others', async () => {
  const { batch, runs } = openBatcher({ runs: 1, size: 2 });
  const results = Promise.allSettled(['a', 'b', 'c'].map((item) => batch(item)));
  await settled();
  runs[0]?.fail(new Error('broken'));
  await settled();
  runs[1]?.end();
  expect(await results).toMatchObject([
    { status: 'rejected', reason: { message: 'broken' } },
    { status: 'rejected', reason: { message: 'broken' } },
    { status: 'fulfilled', value: 'c!' },
  ]);
});

test('gives up an item that is not begun in time, which then never is, as a fault of the surroundings', async () => {
  const { batch, runs, begun } = openBatcher({ runs: 1, patienceMs: 20 });
  const first = batch('a1');
  await settled();
  expect(isEnvironmentFault(await batch('a2').catch((error: unknown) => error))).toBe(true);
  runs[0]?.end();
  expect(await first).toBe('a1!');
  await settled();
  expect(begun()).toEqual([['a1']]);
});

test('a key that cannot be read fails alone', async () => {
  const asked: (readonly string[])[] = [];
  const read = createReader<string, string>(async (keys) => {
    asked.push(keys);
    if (keys.includes('bad')) throw new Error('22P02');
    return keys.map((key) => `${key}!`);
  });
  expect(await Promise.allSettled(['a', 'bad', 'b'].map(read))).toMatchObject([
    { value: 'a!' },
    { reason: { message: '22P02' } },
    { value: 'b!' },
  ]);
  expect(asked[0]).toEqual(['a', 'bad', 'b']);
});
