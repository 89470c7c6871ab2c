import { countedByFile } from '../../src/loans/imported-count.ts';
import type { LoanState } from '../../src/loans/loan.ts';
import { loanWith, minor, plainTerms, repaid } from '../builders.ts';

const principal = '1200.00';
const late = loanWith({ principal, terms: plainTerms(12), disbursedOn: '2025-01-01' }, repaid(principal, '2025-02-01'));
const told = (paidOnTime: number, surplusOnTime = 0, paid = principal) => ({
  paidOnTime,
  surplusOnTime,
  paid: minor(paid),
});

test.each([
  { file: told(0), expected: { due: 12, onTime: 0 } },
  { file: told(5), expected: { due: 12, onTime: 5 } },
  { file: told(12), expected: { due: 12, onTime: 12 } },
  { file: told(14, 2), expected: { due: 12, onTime: 12 } },
])('a loan that its file paid in full counts as the file says: $expected', ({ file, expected }) =>
  expect(countedByFile(late, file)).toEqual(expected),
);

test('a loan that goes on after its file, has another plan since, or came by no file is judged by its payments', () => {
  const replanned = { ...late, plan: {} as NonNullable<LoanState['plan']> };
  const counts = [countedByFile(late, told(11, 0, '1199.99')), countedByFile(replanned, told(0))];
  expect([...counts, countedByFile(late, undefined)]).toEqual([undefined, undefined, undefined]);
});
