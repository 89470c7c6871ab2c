import { addressKey } from '../src/client-address.ts';
import { createRequestQuota, type RequestQuota } from '../src/request-quota.ts';

const MINUTE_MS = 60_000;

/** What processes report, as the shared store would add it up. */
function sharedCounts() {
  const sums = new Map<string, number>();
  const reports: [name: string, requests: number][] = [];
  return {
    reports,
    report: async (name: string, requests: number) => {
      reports.push([name, requests]);
      const sum = (sums.get(name) ?? 0) + requests;
      sums.set(name, sum);
      return sum;
    },
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

async function allowedOf(quota: RequestQuota, key: string, requests: number): Promise<number> {
  let allowed = 0;
  for (let count = 0; count < requests; count += 1) {
    if (quota.take(key).isAllowed) allowed += 1;
    await settled();
  }
  return allowed;
}

describe('a quota of requests', () => {
  test('counts each caller by itself down to nothing, and anew from the next minute on', () => {
    let nowMs = 10 * MINUTE_MS + 20_500;
    const quota = createRequestQuota({ limit: 2, report: async () => undefined, nowMs: () => nowMs });
    expect(quota.take('ana')).toEqual({ isAllowed: true, limit: 2, remaining: 1, resetSeconds: 40 });
    expect(quota.take('ana')).toMatchObject({ isAllowed: true, remaining: 0 });
    expect(quota.take('ana')).toEqual({ isAllowed: false, limit: 2, remaining: 0, resetSeconds: 40 });
    expect(quota.take('ben').isAllowed).toBe(true);
    nowMs = 11 * MINUTE_MS;
    expect(quota.take('ana')).toMatchObject({ isAllowed: true, remaining: 1, resetSeconds: 60 });
  });

  test('reports in blocks of a twentieth, and nothing of a caller who asks for less or is refused', async () => {
    const { report, reports } = sharedCounts();
    const quota = createRequestQuota({ limit: 200, report, nowMs: () => MINUTE_MS });
    await allowedOf(quota, 'rare', 9);
    expect(reports).toEqual([]);
    await allowedOf(quota, 'often', 25);
    expect(reports).toEqual([
      ['often 1', 10],
      ['often 1', 10],
    ]);
    await allowedOf(quota, 'often', 500);
    expect(reports).toHaveLength(20);
  });

  test('is shared by two processes, but for a block', async () => {
    const { report } = sharedCounts();
    const first = createRequestQuota({ limit: 100, report, nowMs: () => 0 });
    const second = createRequestQuota({ limit: 100, report, nowMs: () => 0 });
    let allowed = 0;
    for (let round = 0; round < 40; round += 1) {
      allowed += await allowedOf(first, 'ana', 5);
      allowed += await allowedOf(second, 'ana', 5);
    }
    expect(allowed).toBeGreaterThanOrEqual(100);
    expect(allowed).toBeLessThanOrEqual(105);
  });

  test('is granted by each process alone while nothing can be reported', async () => {
    const quota = createRequestQuota({ limit: 40, report: async () => undefined, nowMs: () => 0 });
    expect(await allowedOf(quota, 'ana', 60)).toBe(40);
  });

  test('asks once at a time, and forgets nothing that came meanwhile', async () => {
    const asked: number[] = [];
    const answer = Promise.withResolvers<number>();
    const report = (_: string, requests: number) => {
      asked.push(requests);
      return asked.length === 1 ? answer.promise : Promise.resolve(50);
    };
    const quota = createRequestQuota({ limit: 200, report, nowMs: () => 0 });
    for (let count = 0; count < 30; count += 1) quota.take('ana');
    expect(asked).toEqual([10]);
    answer.resolve(10);
    await settled();
    expect(asked).toEqual([10, 20]);
  });

  test('keeps so many callers apart and no more, whoever comes', () => {
    const quota = createRequestQuota({ limit: 2, report: async () => undefined, keysMax: 2, nowMs: () => 0 });
    const remaining = ['ana', 'ben', 'cid', 'dan', 'eve', 'ana'].map((key) => quota.take(key).isAllowed);
    expect(remaining).toEqual([true, true, true, true, false, true]);
  });
});

test.each([
  { address: '192.0.2.7', key: '192.0.2.7' },
  { address: '::ffff:192.0.2.7', key: '192.0.2.7' },
  { address: '2001:db8:1:2:3:4:5:6', key: '2001:db8:1:2::/64' },
  { address: '2001:db8:1:2:ffff::1', key: '2001:db8:1:2::/64' },
  { address: '2001:db8:1:3::1', key: '2001:db8:1:3::/64' },
  { address: 'unknown', key: 'unknown' },
])('counts $address as $key', ({ address, key }) => expect(addressKey(address)).toBe(key));
