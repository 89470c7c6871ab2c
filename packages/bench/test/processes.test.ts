import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { meter, type Usage } from '../src/processes.ts';

const NO_PID = 2 ** 30;
const MB_OF_NODE_MIN = 10;

describe('the usage of processes', () => {
  test('is measured of each that runs, Postgres without its memory', () => {
    const stop = meter({ client: process.pid, postgres: process.pid });
    const usage = stop(10);
    expect(Object.keys(usage)).toEqual(['client', 'postgres', 'others']);
    const { client, postgres, others } = usage as Record<string, Usage>;
    expect(client?.rss_mb_median).toBeGreaterThan(MB_OF_NODE_MIN);
    expect(client?.rss_mb_max).toBeGreaterThanOrEqual(client?.rss_mb_median ?? Number.NaN);
    for (const each of [postgres, others]) expect(each).toMatchObject({ rss_mb_median: null, rss_mb_max: null });
  });

  test.each(['billing', 'postgres'])('is refused where %s is not running', (name) => {
    expect(() => meter({ [name]: NO_PID })).toThrow(`${name} is not running`);
  });

  test.each(['billing', 'postgres'])('is refused when %s has ended meanwhile', async (name) => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const stop = meter({ client: process.pid, [name]: child.pid as number });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(() => stop(10)).toThrow(`${name} is not running`);
  });
});
