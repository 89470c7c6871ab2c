import { addDays, date, type LocalDate } from '@tenor/calendar';
import fc from 'fast-check';
import { components } from '../../src/delinquency/instalment.ts';
import type { LoanEvent } from '../../src/loans/loan-event.ts';
import { outstanding } from '../../src/loans/outstanding.ts';
import { aged } from '../../src/penalties/passing-days.ts';
import { explanation } from '../../src/statements/explanation.ts';
import { type StatementLine, statement } from '../../src/statements/statement.ts';
import { explanationJson, statementJson } from '../../src/statements/statement-json.ts';
import { folded, lifecycle, text } from '../builders.ts';
import { rowsOf } from '../docs/page-tables.ts';
import { agreements, anyDay, anyJournal, START } from './any-journal.ts';
import { cents, countsItsDays, type ExplanationJson, knownRules, levelOf, recomputed } from './recompute.ts';

const KNOWN_AT = '2026-12-31T00:00:00.000000Z';

/** What a read of the balance says. */
function balance(events: readonly LoanEvent[], asOf: LocalDate) {
  const { principal, interest, fee, penalty, total } = outstanding(aged(folded(events, { asOf }).state, asOf), asOf);
  return { principal, interest, fee, penalty, total };
}
const inText = (parts: Readonly<Record<string, bigint>>) =>
  Object.fromEntries(Object.entries(parts).map(([name, minor]) => [name, text(minor)]));

describe('a statement of any loan', () => {
  test('opens and closes with the balances of its days, and its lines are what is between them', () => {
    fc.assert(
      fc.property(anyJournal, anyDay, anyDay, (events, one, other) => {
        const [from, to] = one < other ? [one, other] : [other, one];
        const made = statement(events, { from, to, knownAt: KNOWN_AT });
        if (made === undefined) throw new Error('the loan was there');
        const { opening, lines, totals, closing } = statementJson(made);
        const eve = addDays(from, -1);
        expect(closing).toMatchObject(inText(balance(events, to)));
        if (eve >= START) expect(opening).toMatchObject(inText(balance(events, eve)));
        let running = opening;
        for (const line of lines) {
          for (const name of [...components, 'total', 'credit'] as const) {
            expect(cents(running[name]) + cents(line[name])).toBe(cents(line.balance[name]));
          }
          running = line.balance;
        }
        expect(running).toEqual(closing);
        expect(cents(opening.total) + cents(totals.total)).toBe(cents(closing.total));
      }),
    );
  });

  test('of two parts of a period has the lines of the whole, but for days that pass over the middle', () => {
    fc.assert(
      fc.property(anyJournal, anyDay, (events, middle) => {
        const to = addDays(START, 400);
        const linesOf = (from: LocalDate | null, until: LocalDate) =>
          statement(events, { from, to: until, knownAt: KNOWN_AT })?.lines ?? [];
        const parts = [...linesOf(null, middle), ...linesOf(addDays(middle, 1), to)];
        const eventsOf = (lines: readonly StatementLine[]) => lines.filter(({ cause }) => cause.kind === 'event');
        expect(eventsOf(parts)).toEqual(
          eventsOf(linesOf(null, to)).map((line) => expect.objectContaining({ on: line.on, change: line.change })),
        );
      }),
    );
  });
});

const explained = (events: readonly LoanEvent[], asOf: LocalDate): ExplanationJson => {
  const found = explanation(events, { asOf, knownAt: KNOWN_AT });
  if (found === undefined) throw new Error('the loan was there');
  return { ...explanationJson(found, true), next_cursor: null } as ExplanationJson;
};

describe('an explanation of any loan', () => {
  test('sums to the balance by component, and each line is what its rule makes of its inputs', () => {
    fc.assert(
      fc.property(anyJournal, anyDay, (events, asOf) => {
        const { lines, outstanding: told } = explained(events, asOf);
        const owed = balance(events, asOf);
        expect(told).toEqual(inText(owed));
        for (const component of components) {
          const own = lines.filter((line) => line.component === component);
          expect(own.reduce((sum, { amount }) => sum + cents(amount), 0n)).toBe(owed[component]);
        }
        for (const line of lines) {
          expect({ ...line, came: text(recomputed(line) ?? -1n) }).toEqual({ ...line, came: line.amount });
          expect(countsItsDays(line)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  test.each(agreements)('knows the rules of %s', (_, terms) => {
    const asOf = date('2026-11-01');
    const events = lifecycle({ terms, disbursedOn: START });
    const rules = explained(events, asOf).lines.map(({ rule }) => rule);
    expect(rules.filter((rule) => rule.endsWith('.planned'))).toEqual([]);
  });

  test.each(
    agreements.filter(([, { interestMethod, interestGrace }]) => interestMethod === 'annuity' && interestGrace === 0),
  )('tells the periods that the instalment of %s follows from', (_, terms) => {
    const told = explained(lifecycle({ terms, disbursedOn: START }), START);
    const levels = told.lines.flatMap(({ inputs }) => inputs.level_instalment ?? []);
    expect(levels).toEqual(levels.map(() => text(levelOf(told))));
    expect(levels).toHaveLength(terms.numberOfInstalments - 1);
  });

  test('knows no other rules than its page, and its page no others', () => {
    const onPage = rowsOf('statements.md', 'rule', 'amount')
      .filter((row) => !('component' in row))
      .map(({ rule }) => rule);
    expect([...onPage].sort()).toEqual([...knownRules, 'replan.restructure'].sort());
  });
});
