import { date } from '@tenor/calendar';
import { money, parseAmount } from '@tenor/money';
import type { SampleLoan } from '@tenor/sample-files';
import type { LoanRow } from '../../src/imports/imported-loan.ts';

const minor = (text: string): bigint => {
  const amount = parseAmount(text, 'INR');
  if (typeof amount !== 'bigint') throw new Error(`${text} is no amount`);
  return amount;
};

/** Twelve months from 2025-01-31 at 100.00 for 1,000.00, as tests state them. */
export function rowOf(
  given: Partial<Omit<LoanRow, 'instalment' | 'approvedOn' | 'endsOn' | 'principal'>> & {
    principal?: string;
    instalment?: string;
    approvedOn?: string;
    endsOn?: string;
  } = {},
): LoanRow {
  const {
    principal = '1000.00',
    instalment = '100.00',
    approvedOn = '2025-01-31',
    endsOn = '2026-01-31',
    ...rest
  } = given;
  return {
    customerNumber: '1',
    loanNumber: 7n,
    numberOfInstalments: 12,
    annualRatePercent: '8.2',
    paidOnTime: 0,
    ...rest,
    principal: money(minor(principal), 'INR'),
    instalment: minor(instalment),
    approvedOn: date(approvedOn),
    endsOn: date(endsOn),
  };
}

/** A row of the sample files as a reader of them would give it. */
export function rowOfSample(loan: SampleLoan, customerNumber = String(loan.customerNumber)): LoanRow {
  return {
    customerNumber,
    loanNumber: BigInt(loan.loanNumber),
    principal: money(minor(String(loan.amount)), 'INR'),
    numberOfInstalments: loan.tenure,
    annualRatePercent: `${Math.floor(loan.rate / 100)}.${String(loan.rate % 100).padStart(2, '0')}`,
    instalment: minor(String(loan.instalment)),
    paidOnTime: loan.paidOnTime,
    approvedOn: loan.approvedOn,
    endsOn: loan.endsOn,
  };
}
