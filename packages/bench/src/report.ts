import type { Line, LineName } from './line.ts';
import type { MachineFacts } from './machine.ts';
import type { Script } from './pgbench.ts';
import type { Plan, Round } from './round.ts';
import { medianOf, rounded } from './samples.ts';

/** An aim of this stage and how it came out; `measured` is null where it, or its yardstick, was not measured. */
export interface Aim {
  readonly aim: string;
  readonly measured: number | null;
  readonly reached: boolean | null;
}

export interface Results {
  readonly taken_at: string;
  readonly is_quick: boolean;
  readonly machine: MachineFacts;
  readonly plan: Plan;
  readonly rounds: readonly Round[];
  readonly medians: { readonly lines: Round['lines']; readonly pgbench: Round['pgbench'] };
  readonly ratios: Readonly<Record<string, number | null>>;
  readonly aims: readonly Aim[];
}

const RSS_MB_MAX = 200;
const APPLIED_P99_MS_MAX = 250;
const PLANNED_P50_MS_MAX = 1;

/** The medians of the rounds and what they come to. */
export function resultsOf(
  rounds: readonly Round[],
  given: { takenAt: string; isQuick: boolean; machine: MachineFacts; plan: Plan },
): Results {
  const medians = {
    lines: medianOf(rounds.map(({ lines }) => lines)),
    pgbench: medianOf(rounds.map(({ pgbench }) => pgbench)),
  };
  const ratios = ratiosOf(medians);
  const { takenAt, isQuick, machine, plan } = given;
  const told = Object.entries(ratios).map(([name, ratio]) => [name, ratio === null ? null : rounded(ratio, 3)]);
  return {
    taken_at: takenAt,
    is_quick: isQuick,
    machine,
    plan,
    rounds,
    medians,
    ratios: Object.fromEntries(told),
    aims: aimsOf(rounds, medians, ratios),
  };
}

function ratiosOf({ lines, pgbench }: Results['medians']) {
  const over = (line: number, yardstick: number | null) => (yardstick === null ? null : line / yardstick);
  const against = (line: LineName, script: Script) => over(lines[line].per_second, pgbench[script]);
  const { a_record_payment: a, b_apply_payment: b } = pgbench;
  const together = a === null || b === null ? null : 1 / (1 / a + 1 / b);
  const own = 1 / (1 / lines.record_payment.per_second + 1 / lines.drain.per_second);
  return {
    'open_loan / c_create_loan': against('open_loan', 'c_create_loan'),
    'record_payment / a_record_payment': against('record_payment', 'a_record_payment'),
    'record_payment / a1_record_payment_one_statement': against('record_payment', 'a1_record_payment_one_statement'),
    'drain / b_apply_payment': against('drain', 'b_apply_payment'),
    'drain / b1_apply_payment_one_statement': against('drain', 'b1_apply_payment_one_statement'),
    'both_at_once / (1 / (1/a + 1/b)) of pgbench': over(lines.both_at_once.per_second, together),
    'both_at_once / (1 / (1/record + 1/drain)) of its own': over(lines.both_at_once.per_second, own),
    'read_outstanding / hello': over(lines.read_outstanding.per_second, lines.hello.per_second),
    'read_outstanding / d_read_outstanding': against('read_outstanding', 'd_read_outstanding'),
    'read_schedule / hello': over(lines.read_schedule.per_second, lines.hello.per_second),
    'read_schedule / e_read_schedule': against('read_schedule', 'e_read_schedule'),
    'read_outstanding_through_gateway / read_outstanding': over(
      lines.read_outstanding_through_gateway.per_second,
      lines.read_outstanding.per_second,
    ),
  };
}

function aimsOf(rounds: readonly Round[], { lines }: Results['medians'], ratios: ReturnType<typeof ratiosOf>): Aim[] {
  // Judged before it is rounded: 0.3999 is not 0.4.
  const judged = (aim: string, measured: number | null, isReached: (value: number) => boolean): Aim => ({
    aim,
    measured: measured === null ? null : rounded(measured, 3),
    reached: measured === null ? null : isReached(measured),
  });
  const atLeast = (aim: string, measured: number | null, least: number) =>
    judged(aim, measured, (value) => value >= least);
  const below = (aim: string, measured: number | null, most: number) => judged(aim, measured, (value) => value < most);
  const largest = (service: string) => {
    const measured = rounds.flatMap((round) =>
      Object.values(round.lines).flatMap(({ processes }) => processes[service]?.rss_mb_max ?? []),
    );
    return measured.length === 0 ? null : Math.max(...measured);
  };
  return [
    atLeast('record ≥ 0.40 of pgbench', ratios['record_payment / a_record_payment'], 0.4),
    atLeast('open ≥ 0.50 of pgbench', ratios['open_loan / c_create_loan'], 0.5),
    atLeast('read outstanding ≥ 0.40 of the bare server', ratios['read_outstanding / hello'], 0.4),
    atLeast('both at once ≥ 0.40 of 1/(1/a + 1/b)', ratios['both_at_once / (1 / (1/a + 1/b)) of pgbench'], 0.4),
    below(
      `settled → applied p99 < ${APPLIED_P99_MS_MAX} ms at half load`,
      lines.settled_to_applied.p99_ms,
      APPLIED_P99_MS_MAX,
    ),
    below(`plan 360 instalments p50 < ${PLANNED_P50_MS_MAX} ms`, lines.plan_annuity_of_360.p50_ms, PLANNED_P50_MS_MAX),
    atLeast('import of customers ≥ 2000 rows/s', lines.import_customers.per_second, 2_000),
    below(`billing < ${RSS_MB_MAX} MB resident`, largest('billing'), RSS_MB_MAX),
    below(`payment < ${RSS_MB_MAX} MB resident`, largest('payment'), RSS_MB_MAX),
  ];
}

const cell = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : String(value);
const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');
}

const USERS = ['billing', 'payment', 'postgres', 'kafka', 'hello', 'gateway', 'client', 'others'] as const;

/** The same for people: the medians, the ratios and the aims as Markdown tables. */
export function tablesOf({ medians, ratios, aims, machine, taken_at: takenAt }: Results): string {
  const lines = Object.entries(medians.lines) as [LineName, Line][];
  const yes = (reached: boolean | null) => (reached === null ? 'not measured' : reached ? 'yes' : 'no');
  return `Taken ${takenAt} at ${machine.commit}: ${machine.cpu}, ${machine.cores} cores, ${machine.memory_mb} MB, Linux ${machine.kernel}, Node ${machine.node}, Postgres ${machine.postgres}, Kafka ${machine.kafka}; load average before the run ${machine.load_average_before.join(', ')}.

${table(
  ['line', 'per second', 'p50 ms', 'p99 ms', 'errors'],
  lines.map(([name, line]) => [name, cell(line.per_second), cell(line.p50_ms), cell(line.p99_ms), cell(line.errors)]),
)}

${machine.pgbench === null ? 'pgbench is not installed, so its figures are missing.' : `${machine.pgbench}, transactions per second:`}

${table(
  ['script', 'per second'],
  Object.entries(medians.pgbench).map(([name, value]) => [name, cell(value)]),
)}

${table(
  ['ratio', 'measured'],
  Object.entries(ratios).map(([name, value]) => [name, cell(value)]),
)}

${table(
  ['aim', 'measured', 'reached'],
  aims.map(({ aim, measured, reached }) => [aim, cell(measured), yes(reached)]),
)}

CPU: % of all cores, and in brackets milliseconds per operation; \`others\` is whatever else ran on the machine.

${table(
  ['line', ...USERS],
  lines.map(([name, { processes }]) => [
    name,
    ...USERS.map((user) => `${cell(processes[user]?.cpu_percent)} (${cell(processes[user]?.cpu_ms_per_operation)})`),
  ]),
)}

Resident memory in MB, median and largest:

${table(
  ['line', 'billing', 'payment'],
  lines.map(([name, { processes }]) => [
    name,
    ...(['billing', 'payment'] as const).map(
      (user) => `${cell(processes[user]?.rss_mb_median)} / ${cell(processes[user]?.rss_mb_max)}`,
    ),
  ]),
)}
`;
}
