import type { Line, LineName } from '../src/line.ts';
import type { MachineFacts } from '../src/machine.ts';
import type { Script } from '../src/pgbench.ts';
import type { Usage } from '../src/processes.ts';
import { resultsOf, tablesOf } from '../src/report.ts';
import type { Plan, Round } from '../src/round.ts';

const machine: MachineFacts = {
  cpu: 'a processor',
  cores: 2,
  memory_mb: 4096,
  kernel: '6.1',
  node: 'v24.0.0',
  postgres: '18.0',
  kafka: '4.1.0',
  pgbench: 'pgbench 18',
  commit: 'abc1234',
  load_average_before: [0.1, 0.2, 0.3],
  postgres_settings: { fsync: 'on' },
};
const plan: Plan = {
  warmUp: 1,
  loans: 1,
  payments: 1,
  awaited: 1,
  importRows: 1,
  readsWarmUpSeconds: 1,
  readsSeconds: 4,
  yardstick: '--time=1',
  yardstickLoans: 1,
};
const given = { takenAt: '2026-01-01T00:00:00.000Z', isQuick: false, machine, plan };

const using = (mb: number): Usage => ({
  cpu_percent: 10,
  cpu_ms_per_operation: 1.5,
  rss_mb_median: mb - 1,
  rss_mb_max: mb,
});
const ofRate = (perSecond: number, more: Partial<Line> = {}): Line => ({
  operations: 100,
  errors: 0,
  per_second: perSecond,
  p50_ms: 10,
  p99_ms: 20,
  processes: { billing: using(150), payment: using(120) },
  ...more,
});

const lines: Record<LineName, Line> = {
  open_loan: ofRate(300),
  record_payment: ofRate(600),
  drain: ofRate(1200),
  both_at_once: ofRate(200),
  settled_to_applied: ofRate(100, { p99_ms: 249.99 }),
  read_outstanding: ofRate(4000),
  read_schedule: ofRate(3000),
  hello: ofRate(10_000),
  read_outstanding_through_gateway: ofRate(1000),
  plan_annuity_of_360: ofRate(2500, { p50_ms: 0.4 }),
  import_customers: ofRate(2500),
};
const pgbench: Record<Script, number | null> = {
  a_record_payment: 1000,
  a1_record_payment_one_statement: 2000,
  b_apply_payment: 1500,
  b1_apply_payment_one_statement: 4000,
  c_create_loan: 500,
  d_read_outstanding: 20_000,
  e_read_schedule: 8000,
};
interface Changes {
  readonly lines?: Partial<Round['lines']>;
  readonly pgbench?: Partial<Round['pgbench']>;
}
const roundOf = (changed: Changes = {}): Round => ({
  lines: { ...lines, ...changed.lines },
  pgbench: { ...pgbench, ...changed.pgbench },
  faults: {},
});
const resultsWith = (...rounds: readonly Changes[]) => resultsOf(rounds.map(roundOf), given);

const RECORD = 'record ≥ 0.40 of pgbench';
const OPEN = 'open ≥ 0.50 of pgbench';
const READ = 'read outstanding ≥ 0.40 of the bare server';
const BOTH = 'both at once ≥ 0.40 of 1/(1/a + 1/b)';
const APPLIED = 'settled → applied p99 < 250 ms at half load';
const PLANNED = 'plan 360 instalments p50 < 1 ms';
const BILLING = 'billing < 200 MB resident';
const PAYMENT = 'payment < 200 MB resident';
const aimOf = (changed: Changes, name: string) => resultsWith(changed).aims.find(({ aim }) => aim === name);

describe('the results of rounds', () => {
  test('set each line against its yardstick', () => {
    // Of pgbench, both at once: 1 / (1/1000 + 1/1500) = 600. Of its own: 1 / (1/600 + 1/1200) = 400.
    expect(resultsWith({}).ratios).toEqual({
      'open_loan / c_create_loan': 0.6,
      'record_payment / a_record_payment': 0.6,
      'record_payment / a1_record_payment_one_statement': 0.3,
      'drain / b_apply_payment': 0.8,
      'drain / b1_apply_payment_one_statement': 0.3,
      'both_at_once / (1 / (1/a + 1/b)) of pgbench': 0.333,
      'both_at_once / (1 / (1/record + 1/drain)) of its own': 0.5,
      'read_outstanding / hello': 0.4,
      'read_outstanding / d_read_outstanding': 0.2,
      'read_schedule / hello': 0.3,
      'read_schedule / e_read_schedule': 0.375,
      'read_outstanding_through_gateway / read_outstanding': 0.25,
    });
  });

  test('say of each aim what was measured and whether it is reached', () => {
    expect(resultsWith({}).aims).toEqual([
      { aim: RECORD, measured: 0.6, reached: true },
      { aim: OPEN, measured: 0.6, reached: true },
      { aim: READ, measured: 0.4, reached: true },
      { aim: BOTH, measured: 0.333, reached: false },
      { aim: APPLIED, measured: 249.99, reached: true },
      { aim: PLANNED, measured: 0.4, reached: true },
      { aim: 'import of customers ≥ 2000 rows/s', measured: 2500, reached: true },
      { aim: BILLING, measured: 150, reached: true },
      { aim: PAYMENT, measured: 120, reached: true },
    ]);
  });

  test('take medians of the rounds, but the largest memory of any', () => {
    const { medians, ratios, aims } = resultsWith(
      { lines: { record_payment: ofRate(900) } },
      { lines: { record_payment: ofRate(100) } },
      { lines: { record_payment: ofRate(300, { processes: { billing: using(90), payment: using(201) } }) } },
    );
    expect(medians.lines.record_payment).toMatchObject({ per_second: 300, processes: { payment: using(120) } });
    expect(ratios['record_payment / a_record_payment']).toBe(0.3);
    expect(aims).toContainEqual({ aim: RECORD, measured: 0.3, reached: false });
    expect(aims).toContainEqual({ aim: PAYMENT, measured: 201, reached: false });
  });

  test.each([
    { aim: RECORD, lines: { record_payment: ofRate(399.9) }, measured: 0.4, reached: false },
    { aim: RECORD, lines: { record_payment: ofRate(400) }, measured: 0.4, reached: true },
    { aim: OPEN, lines: { open_loan: ofRate(249.9) }, measured: 0.5, reached: false },
    { aim: OPEN, lines: { open_loan: ofRate(250) }, measured: 0.5, reached: true },
    { aim: BOTH, lines: { both_at_once: ofRate(240) }, measured: 0.4, reached: true },
    { aim: APPLIED, lines: { settled_to_applied: ofRate(100, { p99_ms: 250 }) }, measured: 250, reached: false },
    { aim: PLANNED, lines: { plan_annuity_of_360: ofRate(1000, { p50_ms: 1 }) }, measured: 1, reached: false },
  ])('judge an aim before rounding: $aim at $measured is $reached', ({ aim, lines: changed, measured, reached }) => {
    expect(aimOf({ lines: changed }, aim)).toEqual({ aim, measured, reached });
  });

  test('have no ratio and no aim where pgbench is not installed', () => {
    const none = Object.fromEntries(Object.keys(pgbench).map((script) => [script, null]));
    const { ratios, aims } = resultsWith({ pgbench: none });
    const measured = Object.entries(ratios).filter(([, ratio]) => ratio !== null);
    expect(measured.map(([name]) => name)).toEqual([
      'both_at_once / (1 / (1/record + 1/drain)) of its own',
      'read_outstanding / hello',
      'read_schedule / hello',
      'read_outstanding_through_gateway / read_outstanding',
    ]);
    for (const aim of [RECORD, OPEN, BOTH]) expect(aims).toContainEqual({ aim, measured: null, reached: null });
  });

  test('leave out a process that a line has none of, and never take it for one of 0 MB', () => {
    const record_payment = ofRate(600, { processes: { payment: using(120) } });
    const page = tablesOf(resultsWith({ lines: { record_payment } }));
    expect(page).toContain('| record_payment | – / – | 119 / 120 |');
    expect(page).toContain('| record_payment | – (–) | 10 (1.5) |');
    const without = Object.fromEntries(
      Object.entries(lines).map(([name, line]) => [name, { ...line, processes: { payment: using(120) } }]),
    );
    expect(aimOf({ lines: without }, BILLING)).toEqual({ aim: BILLING, measured: null, reached: null });
    expect(tablesOf(resultsWith({ lines: without }))).toContain(`| ${BILLING} | – | not measured |`);
  });

  test('need every process in each round that measures a line', () => {
    const hello = ofRate(10_000, { processes: { billing: using(150) } });
    expect(() => resultsWith({}, { lines: { hello } })).toThrow('not measured alike: billing, payment | billing');
  });
});
