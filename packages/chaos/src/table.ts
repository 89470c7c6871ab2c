import { type Figures, type Gaps, tookMs } from './figures.ts';
import type { Acknowledged } from './operation-log.ts';

const seconds = (ms: number): string => String(Math.round(ms / 100) / 10);

const COLUMNS: readonly { readonly head: string; readonly cell: (row: Figures) => string }[] = [
  { head: 'killed', cell: ({ target }) => target },
  { head: 'at s', cell: ({ atMs }) => seconds(atMs) },
  { head: 'down s', cell: ({ downMs }) => seconds(downMs) },
  { head: 'acknowledged', cell: ({ acknowledged }) => String(acknowledged) },
  { head: 'retried', cell: ({ retried }) => String(retried) },
  { head: 'cut off', cell: ({ cutOff }) => String(cutOff) },
  { head: '5xx', cell: ({ serverFaults }) => String(serverFaults) },
  { head: 'lost', cell: ({ lost }) => String(lost) },
  { head: 'doubled', cell: ({ doubled }) => String(doubled) },
  { head: 'no loan s', cell: ({ longestGapMs }) => seconds(longestGapMs.loan) },
  { head: 'no payment s', cell: ({ longestGapMs }) => seconds(longestGapMs.payment) },
  { head: 'no reversal s', cell: ({ longestGapMs }) => seconds(longestGapMs.reversal) },
  { head: 'no use s', cell: ({ longestGapMs }) => seconds(longestGapMs.credit_use) },
  { head: 'no refund s', cell: ({ longestGapMs }) => seconds(longestGapMs.refund) },
  { head: 'none applied s', cell: ({ longestGapMs }) => seconds(longestGapMs.applied) },
];

/** The figures as a table of text; `no … s` is the longest time without such an acknowledgement. */
export function tableOf(figures: readonly Figures[]): string {
  const rows = [COLUMNS.map(({ head }) => head), ...figures.map((row) => COLUMNS.map(({ cell }) => cell(row)))];
  const widths = COLUMNS.map((_, place) => Math.max(...rows.map((cells) => cells[place]?.length ?? 0)));
  return rows.map((cells) => cells.map((cell, place) => cell.padStart(widths[place] ?? 0)).join('  ')).join('\n');
}

/** New customers are few, so that the time between two says nothing. */
const SHOWN = {
  loan: 'loan opened',
  payment: 'payment recorded',
  reversal: 'payment taken back',
  credit_use: 'credit used',
  refund: 'refund requested',
  applied: 'payment seen applied',
} as const;

/** The longest gaps of a whole run in words, and the longest of all. */
export function gapsOf(gaps: Gaps): string {
  const shown = Object.entries(SHOWN).map(([kind, name]) => ({ name, ms: gaps[kind as keyof typeof SHOWN] }));
  const [longest] = shown.toSorted((a, b) => b.ms - a.ms);
  const each = shown.map(({ name, ms }) => `no ${name} for ${seconds(ms)} s`).join(', ');
  return `longest gaps: ${each}; of all: ${seconds(longest?.ms ?? 0)} s (no ${longest?.name})`;
}

/** The longest operation of each kind in words. */
export function longestOf(operations: readonly Acknowledged[]): string {
  const each = operations.map((one) => `${one.kind} ${seconds(tookMs(one))} s (sent ${one.attempts} times)`);
  return `longest operations: ${each.join(', ')}`;
}
