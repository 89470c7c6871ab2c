import { readFileSync } from 'node:fs';
import { date, NEVER_CLOSED } from '@tenor/calendar';
import { parseAmount, type RoundingMode } from '@tenor/money';
import { completeTerms } from '../../src/products/term-rules.ts';
import type { GivenTerms } from '../../src/products/terms.ts';
import { termsFromJson } from '../../src/products/terms-json.ts';
import { buildSchedule } from '../../src/schedules/schedule.ts';
import { plannedJson } from '../../src/schedules/schedule-json.ts';
import { amount, plan } from '../schedules/plans.ts';
import { rowsOf } from './page-tables.ts';

/** A quote as a page asks for it. */
interface Request {
  readonly terms: Readonly<Record<string, unknown>>;
  readonly principal: { readonly amount: string; readonly currency: string };
  readonly disbursed_on?: string;
  readonly disbursements?: readonly { readonly on: string; readonly amount: string }[];
}

/** The columns of a page's table, in the names of JSON. */
const COLUMNS = ['number', 'due_date', 'principal', 'interest', 'fee', 'total', 'balance_after'] as const;

const EXAMPLE = /```json\n([\s\S]*?)\n```\n\n((?:\|.*\n)+)/g;

function examplesOf(page: string) {
  const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), 'utf8');
  const blocks = text.split('```json\n').length - 1;
  const examples = [...text.matchAll(EXAMPLE)].map(([, json = '', table = '']) => ({
    request: JSON.parse(json) as Request,
    rows: table.trimEnd().split('\n').map(cellsOf),
  }));
  return { blocks, examples };
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

function scheduleOf({ terms: given, principal, ...request }: Request): string[][] {
  const { currency } = principal;
  const terms = completeTerms(termsFromJson(given), currency);
  if ('refused' in terms) throw new Error(terms.detail);
  const paid = request.disbursements ?? [{ on: request.disbursed_on ?? '', amount: principal.amount }];
  const disbursements = paid.map(({ on, amount }) => ({ on: date(on), amount: minorOf(amount, currency) }));
  const schedule = buildSchedule({ terms, currency, disbursements, closedDays: NEVER_CLOSED });
  if ('refused' in schedule) throw new Error(schedule.detail);
  return schedule.instalments.map((instalment) => {
    const json = plannedJson(instalment, currency);
    return COLUMNS.map((column) => String(json[column]));
  });
}

function minorOf(amount: string, currency: string): bigint {
  const minor = parseAmount(amount, currency);
  if (typeof minor !== 'bigint') throw new Error(minor);
  return minor;
}

describe.each([
  { page: 'schedules.md', count: 16 },
  { page: 'rounding.md', count: 4 },
])('docs/$page', ({ page, count }) => {
  const { blocks, examples } = examplesOf(page);

  test('has an answer under each of its examples', () => expect([blocks, examples.length]).toEqual([count, count]));

  test.each(examples)(
    'tells what becomes of $request.principal.amount by $request.terms.interest_method',
    (example) => {
      const [head, , ...rows] = example.rows;
      expect(head).toEqual([...COLUMNS]);
      expect(rows).toEqual(scheduleOf(example.request));
    },
  );
});

describe('the modes of docs/rounding.md', () => {
  const rows = rowsOf('rounding.md', 'rounding', 'a part of a unit');

  test('are all there', () => {
    expect(rows.map(({ rounding }) => modeOf(rounding))).toEqual(['half_even', 'half_up', 'up', 'down']);
  });

  test.each(rows)('$rounding', ({ rounding, 'a part of a unit': _meaning, ...interests }) => {
    for (const [column, interest] of Object.entries(interests)) {
      const terms: GivenTerms = {
        interestMethod: 'annuity',
        annualRatePercent: '10',
        frequency: { every: 1, unit: 'month' },
        numberOfInstalments: 1,
        rounding: modeOf(rounding),
      };
      const principal = /^on ([\d.]+):/.exec(column)?.[1] ?? '';
      expect(amount(plan(terms, principal)[0]?.interest ?? -1n)).toBe(interest);
    }
    expect(Object.keys(interests)).toHaveLength(4);
  });
});

function modeOf(cell: string): RoundingMode {
  return cell.split(' ')[0] as RoundingMode;
}
