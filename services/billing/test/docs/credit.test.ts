import { date, type Frequency, NEVER_CLOSED } from '@tenor/calendar';
import { money } from '@tenor/money';
import { assess, type CreditFacts, eligibilityReasons } from '../../src/credit/eligibility.ts';
import { type CreditHistory, internalScore, SCORE_WEIGHTS } from '../../src/credit/internal-score.ts';
import { monthly, regularInstalment } from '../../src/credit/monthly-instalment.ts';
import { bandOf, isInBand } from '../../src/credit/rate-band.ts';
import { limitOf } from '../../src/customers/limit-policy.ts';
import { loanSchedule } from '../../src/loans/loan-schedule.ts';
import { termsFor } from '../../src/products/product.ts';
import { totalOf } from '../../src/schedules/schedule.ts';
import { minor, shipped, text } from '../builders.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'credit.md';
const rupees = (amount: string): bigint => minor(amount, 'INR');
const number = (cell: string | undefined): number => Number.parseInt(cell ?? '', 10);

const limit = rupees('500000.00');
const facts: CreditFacts = {
  history: { pastLoans: 0, loansThisYear: 0, volume: 0n, instalmentsDue: 0, instalmentsOnTime: 0, surplusOnTime: 0 },
  limit,
  currentPrincipal: 0n,
  exposure: 0n,
  currentAmounts: 0n,
  instalmentsNow: 0n,
  monthlyIncome: rupees('50000.00'),
};
const request = { amount: 1n, principal: 1n, ratePercent: '12', mayHaveRate: () => true };

describe('docs/credit.md', () => {
  test.each(rowsOf(PAGE, 'monthly income', 'limit'))('computes the limit of $["monthly income"] as it says', (row) => {
    const income = money(rupees(row['monthly income']), 'INR');
    expect(limitOf(income, 'income_36')).toEqual(money(rupees(row.limit), 'INR'));
  });

  test('has the weight of each component', () => {
    const rows = rowsOf(PAGE, 'component', 'at most').map((row) => [row.component, number(row['at most'])]);
    expect(Object.fromEntries(rows)).toEqual(SCORE_WEIGHTS);
  });

  const scored = rowsOf(PAGE, 'past loans', 'this year', 'lent', 'due', 'in time', 'surplus', 'score');
  test.each(scored)('scores $score as it says', (row) => {
    const history: CreditHistory = {
      pastLoans: number(row['past loans']),
      loansThisYear: number(row['this year']),
      volume: rupees(row.lent),
      instalmentsDue: number(row.due),
      instalmentsOnTime: number(row['in time']),
      surplusOnTime: number(row.surplus),
    };
    const { value, components } = internalScore(history, { limit, currentPrincipal: 0n });
    const cells: Readonly<Record<string, string>> = row;
    expect(components.map(({ name, points }) => [name, points])).toEqual(
      Object.keys(SCORE_WEIGHTS).map((name) => [name, number(cells[name])]),
    );
    expect(value).toBe(number(row.score));
  });

  test.each(rowsOf(PAGE, 'score', 'lowest rate'))('lends a score of $score from its rate on', (row) => {
    const band = bandOf(number(row.score));
    expect(band === undefined ? 'none' : (band.floorPercent ?? 'any')).toBe(row['lowest rate']);
  });

  test.each(rowsOf(PAGE, 'score', 'rate asked for', 'corrected rate'))(
    'corrects the rate of a score of $score',
    (row) => {
      const band = bandOf(number(row.score));
      const asked = row['rate asked for'];
      const isBelow = band !== undefined && !isInBand(band, asked);
      expect(isBelow ? band.floorPercent : asked).toBe(row['corrected rate']);
    },
  );

  test.each(rowsOf(PAGE, 'principal', 'rate', 'instalment'))(
    'asks $instalment a month of $principal at $rate %',
    (row) => {
      const terms = termsFor(shipped('credit-annuity'), { annualRatePercent: row.rate, numberOfInstalments: 12 });
      if ('refused' in terms) throw new Error(terms.detail);
      const loan = { terms, closedDays: NEVER_CLOSED, currency: 'INR', principal: rupees(row.principal) };
      const schedule = loanSchedule(loan, date('2026-01-01'));
      if ('refused' in schedule) throw new Error(schedule.detail);
      expect(text(regularInstalment(schedule.instalments.map(totalOf)), 'INR')).toBe(row.instalment);
    },
  );

  test.each(rowsOf(PAGE, 'monthly income', 'instalments now', 'cap', 'reasons'))('caps instalments at $cap', (row) => {
    const income = row['monthly income'];
    const { cap, reasons } = assess(request, {
      ...facts,
      monthlyIncome: income === 'unknown' ? null : rupees(income),
      instalmentsNow: rupees(row['instalments now']),
    });
    expect([cap === null ? 'unknown' : text(cap, 'INR'), reasons.join(', ')]).toEqual([row.cap, row.reasons]);
  });

  test.each(rowsOf(PAGE, 'every', 'of 1200.00, per month'))('takes $every for what it comes to in a month', (row) => {
    const [every, unit] = row.every.split(' ');
    const frequency = { every: number(every), unit: unit as Frequency['unit'] };
    expect(text(monthly(rupees('1200.00'), frequency), 'INR')).toBe(row['of 1200.00, per month']);
  });

  test('tells every reason', () => {
    expect(rowsOf(PAGE, 'reason', 'when').map(({ reason }) => reason)).toEqual([...eligibilityReasons]);
  });
});
