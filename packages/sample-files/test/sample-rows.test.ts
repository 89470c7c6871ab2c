import { addMonths } from '@tenor/calendar';
import { instalmentOf, type SampleLoan, sampleRows } from '../src/sample-rows.ts';

const rows = sampleRows();
const { asOf, customers, loans } = rows;
const hasEnded = ({ endsOn }: SampleLoan): boolean => endsOn < asOf;
/** Due dates that have come by the day of the file. */
const passed = ({ approvedOn, tenure }: SampleLoan): number =>
  Array.from({ length: tenure }, (_, index) => addMonths(approvedOn, index + 1)).filter((due) => due <= asOf).length;
const count = (of: (loan: SampleLoan) => boolean): number => loans.filter(of).length;

describe('the sample rows', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(sampleRows()).toEqual(rows);
    expect(sampleRows({ seed: 8, loans: 782 }).loans).not.toEqual(loans);
  });

  test('are 300 customers, all but one with a limit that is not 36 incomes to the nearest 100,000', () => {
    expect(customers).toHaveLength(300);
    const byPolicy = customers.filter(({ salary, limit }) => limit === Math.round((36 * salary) / 100_000) * 100_000);
    expect(byPolicy).toHaveLength(1);
    expect(customers.every(({ limit }) => limit > 0)).toBe(true);
  });

  test('are 782 loans with 753 numbers, of which 29 belong to two different customers', () => {
    expect(loans).toHaveLength(782);
    const owners = Map.groupBy(loans, ({ loanNumber }) => loanNumber);
    expect(owners.size).toBe(753);
    const shared = [...owners.values()].filter((both) => both.length > 1);
    expect(shared).toHaveLength(29);
    for (const both of shared) expect(new Set(both.map(({ customerNumber }) => customerNumber)).size).toBe(2);
    const keys = new Set(loans.map(({ customerNumber, loanNumber }) => `${customerNumber} ${loanNumber}`));
    expect(keys.size).toBe(782);
  });

  test('have an instalment that is the compounded amount over the tenure, half up', () => {
    for (const { amount, tenure, rate, instalment } of loans)
      expect(instalmentOf(amount, tenure, rate)).toBe(instalment);
    expect(instalmentOf(100_001, 4, 900)).toBe(25_000);
    expect(instalmentOf(100_002, 4, 900)).toBe(25_001);
    expect(instalmentOf(100_000, 12, 1000)).toBe(9_167);
  });

  test('have 15 loans whose instalments come to less than the amount, by at most 3', () => {
    const below = loans.map(({ amount, tenure, instalment }) => amount - tenure * instalment).filter((by) => by > 0);
    expect(below).toHaveLength(15);
    expect(Math.max(...below)).toBeLessThanOrEqual(3);
  });

  test('have 459 ended loans, 431 of them with fewer instalments on time than there are', () => {
    expect(count(hasEnded)).toBe(459);
    expect(count((loan) => hasEnded(loan) && loan.paidOnTime < loan.tenure)).toBe(431);
  });

  test('have many running loans with more instalments on time than have fallen due', () => {
    expect(count((loan) => !hasEnded(loan) && loan.paidOnTime > passed(loan))).toBeGreaterThan(100);
    expect(count((loan) => !hasEnded(loan) && loan.paidOnTime < passed(loan))).toBeGreaterThan(20);
  });

  test('have tenures up to 180 months and end dates up to 2037, each the tenure after the approval', () => {
    for (const { approvedOn, endsOn, tenure } of loans) {
      expect(endsOn).toBe(addMonths(approvedOn, tenure));
      expect(tenure >= 3 && tenure <= 180).toBe(true);
      expect(approvedOn <= asOf).toBe(true);
    }
    expect(Math.max(...loans.map(({ tenure }) => tenure))).toBe(180);
    expect(
      loans
        .map(({ endsOn }) => endsOn.slice(0, 4))
        .sort()
        .at(-1),
    ).toBe('2037');
  });

  test('keep these parts in a file of another size', () => {
    const large = sampleRows({ seed: 1, loans: 7_820 });
    expect(large.customers).toHaveLength(3_000);
    expect(new Set(large.loans.map(({ loanNumber }) => loanNumber)).size).toBe(7_530);
  });
});
