import { setTimeout as sleep } from 'node:timers/promises';
import { purgeOld } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { findJob, rowJobPurges, startRowWorker, workOnJob } from '../src/index.ts';
import { type JobsTest, namesKind, numbered, startJobsTest, uniqueNamesKind } from './fixture.ts';

let jobs: JobsTest;
beforeEach(async () => {
  await jobs.query('truncate row_jobs, row_job_parts, row_job_rows, known_rows, effects');
  jobs.lines.length = 0;
});
beforeAll(async () => {
  jobs = await startJobsTest('row-jobs');
});
afterAll(() => jobs.stop());

const signal = new AbortController().signal;
const found = (id: string) => findJob(jobs.database, ['names'], id);
const outcomes = async (id: string) =>
  jobs.query<{ number: number; outcome: string; refusal: { refused: string } | null }>(
    `select number, outcome, refusal from row_job_rows where job_id = '${id}' order by number`,
  );

test('rows are done once each by any number of workers, and every outcome is kept', async () => {
  const kind = namesKind(() => sleep(2));
  const names = [numbered(60, 'a'), numbered(60, 'b'), [...numbered(30, 'a'), 'refused']];
  const ids = await Promise.all(names.map((own) => jobs.queue(kind, own)));
  const workers = [startRowWorker(jobs.options(kind)), startRowWorker(jobs.options(kind))];
  await eventually(async () => (await Promise.all(ids.map(found))).every((job) => job?.status === 'done'));
  await Promise.all(workers.map((worker) => worker.stop()));
  expect(await jobs.effects()).toEqual([...numbered(60, 'a'), ...numbered(60, 'b')]);
  const ended = await Promise.all(ids.map(found));
  expect(ended.map((job) => (job?.rowsDone ?? 0) + (job?.rowsRepeated ?? 0))).toEqual([60, 60, 30]);
  expect(ended[2]).toMatchObject({ rowsTotal: 31, rowsRefused: 1 });
  expect(await outcomes(ids[2] ?? '')).toHaveLength(31);
  expect(await jobs.query('select * from row_job_parts')).toEqual([]);
});

test('rows that two jobs bring at the same time are done by one, and repeated by the other', async () => {
  const both = Promise.withResolvers<void>();
  let performing = 0;
  const kind = uniqueNamesKind(() => {
    performing += 1;
    if (performing === 2) both.resolve();
    return both.promise;
  });
  await jobs.query(`insert into effects values ('taken')`);
  const ids = await Promise.all([
    jobs.queue(kind, ['a', 'b', 'c=1', 'taken']),
    jobs.queue(kind, ['a', 'b', 'c=2', 'taken']),
  ]);
  await Promise.all(ids.map(() => workOnJob(jobs.options(kind), signal)));
  const ended = await Promise.all(ids.map(outcomes));
  const told = ended.map((rows) => rows.map(({ outcome, refusal }) => refusal?.refused ?? outcome));
  expect(told.toSorted()).toEqual([
    ['done', 'done', 'done', 'already_exists'],
    ['repeated', 'repeated', 'already_exists', 'already_exists'],
  ]);
  const results = await jobs.query(`select result from row_job_rows where outcome = 'repeated' order by number`);
  expect(results).toEqual([{ result: { name: 'a' } }, { result: { name: 'b' } }]);
  const details = await jobs.query(
    `select refusal->>'detail' as detail from row_job_rows where outcome = 'refused' and number = 4`,
  );
  expect(details).toEqual([{ detail: 'The row came before with other content.' }]);
});

test('a worker that stops finishes its chunk, and the next goes on behind it at once', async () => {
  const seen: string[] = [];
  const slow = namesKind(async (names) => {
    seen.push(...names);
    await sleep(20);
  });
  const id = await jobs.queue(slow, numbered(50));
  const worker = startRowWorker(jobs.options(slow));
  await eventually(() => seen.length > 10);
  await worker.stop();
  const half = await found(id);
  expect([half?.status, half?.rowsDone]).toEqual(['running', seen.length]);
  expect(await workOnJob(jobs.options(slow), signal)).toBe(true);
  expect(await found(id)).toMatchObject({ status: 'done', rowsDone: 50, stalls: 0 });
  expect(seen).toEqual(numbered(50));
});

test('a worker that was taken for dead changes nothing any more', async () => {
  const stuck = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  const late = namesKind((names) => {
    if (names.includes('n00006')) {
      held.resolve();
      return stuck.promise;
    }
    return undefined;
  });
  const id = await jobs.queue(late, numbered(12));
  const first = workOnJob(jobs.options(late, { leaseMs: 60_000 }), signal);
  await held.promise;
  await jobs.query(`update row_jobs set lease_until = now() - interval '1 second'`);
  await workOnJob(jobs.options(namesKind()), signal);
  expect(await found(id)).toMatchObject({ status: 'done', rowsDone: 12 });
  stuck.resolve();
  await first;
  expect(await found(id)).toMatchObject({ status: 'done', rowsDone: 12 });
  expect(await jobs.effects()).toEqual(numbered(12));
});

test('what the surroundings do is waited for: the chunk is done again', async () => {
  let faults = 2;
  const flaky = namesKind(() => {
    faults -= 1;
    if (faults >= 0) throw Object.assign(new Error('deadlock'), { code: '40P01' });
  });
  const id = await jobs.queue(flaky, numbered(7));
  await workOnJob(jobs.options(flaky), signal);
  expect(await found(id)).toMatchObject({ status: 'done', rowsDone: 7 });
  expect(await jobs.effects()).toEqual(numbered(7));
});

test('a bug in one row refuses that row alone, and what the row said is not logged', async () => {
  const buggy = namesKind((names) => {
    if (names.includes('n00003')) throw new TypeError('secret n00003 is not a function');
  });
  const id = await jobs.queue(buggy, [...numbered(8), 'unreadable']);
  await workOnJob(jobs.options(buggy), signal);
  expect(await found(id)).toMatchObject({ status: 'done', rowsDone: 7, rowsRefused: 2 });
  expect((await outcomes(id)).filter(({ refusal }) => refusal !== null)).toMatchObject([
    { number: 4, refusal: { refused: 'internal_error' } },
    { number: 10, refusal: { refused: 'internal_error' } },
  ]);
  expect(jobs.lines.some((line) => line.includes('a row failed') && line.includes('"row":4'))).toBe(true);
  expect(jobs.lines.join()).not.toMatch(/secret|n00003|unreadable/);
});

test.each([
  ['at its rows', 6, 3],
  ['as they look through it', 2, null],
])('a job at which workers are lost again and again %s is given up', async (_where, losses, rowsTotal) => {
  const kind = namesKind();
  const id = await jobs.queue(kind, numbered(3));
  await jobs.query(
    `update row_jobs set status = 'running', stalls = ${losses}, rows_total = ${rowsTotal}, header = null,
       lease_owner = gen_random_uuid(), lease_until = now() where id = '${id}'`,
  );
  await workOnJob(jobs.options(kind), signal);
  expect(await found(id)).toMatchObject({ status: 'failed', failure: { code: 'stalled' } });
  expect(await workOnJob(jobs.options(kind), signal)).toBe(false);
});

test('outcomes and jobs are purged when their time is over, uploads that broke off too', async () => {
  const kind = namesKind();
  const id = await jobs.queue(kind, ['refused']);
  await workOnJob(jobs.options(kind), signal);
  await jobs.query(
    `insert into row_jobs (id, status, caller, purge_at) values (gen_random_uuid(), 'receiving', 'x', now())`,
  );
  await purgeOld(jobs.database, { purges: rowJobPurges });
  expect(await jobs.query('select id from row_jobs')).toEqual([{ id }]);
  await jobs.query(`update row_job_rows set recorded_at = now() - interval '31 days'`);
  await purgeOld(jobs.database, { purges: rowJobPurges });
  expect(await outcomes(id)).toEqual([]);
  await jobs.query(`update row_jobs set purge_at = now() - interval '1 second'`);
  await purgeOld(jobs.database, { purges: rowJobPurges });
  expect(await found(id)).toBeUndefined();
});
