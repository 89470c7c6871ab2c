import { date, daysBetween, type LocalDate } from '@tenor/calendar';
import type { SampleCustomer, SampleLoan, SampleRows } from './sample-rows.ts';
import { type Cell, type Row, writeWorkbook } from './workbook.ts';

export const CUSTOMER_COLUMNS = [
  'Customer ID',
  'First Name',
  'Last Name',
  'Age',
  'Phone Number',
  'Monthly Salary',
  'Approved Limit',
] as const;
export const LOAN_COLUMNS = [
  'Customer ID',
  'Loan ID',
  'Loan Amount',
  'Tenure',
  'Interest Rate',
  'Monthly payment',
  'EMIs paid on Time',
  'Date of Approval',
  'End Date',
] as const;

/** Day 0 of a spreadsheet's serials, for days after February 1900. */
const DAY_ZERO = date('1899-12-30');
/** As many as a double may need; they show what is behind 8.2. */
const DOUBLE_DIGITS = 17;

/** Writes the customers; the sheet ends with a row of empty cells, as spreadsheets leave them. */
export async function writeCustomerFile(path: string, { customers }: Pick<SampleRows, 'customers'>): Promise<void> {
  await writeWorkbook(path, customerRows(customers));
}

/** Writes the loans: rates as the doubles that they were, every second row's dates as text, the others as serials. */
export async function writeLoanFile(path: string, { loans }: Pick<SampleRows, 'loans'>): Promise<void> {
  await writeWorkbook(path, loanRows(loans));
}

function* customerRows(customers: readonly SampleCustomer[]): Generator<Row> {
  yield CUSTOMER_COLUMNS.map((text) => ({ text }));
  for (const { number: id, firstName, lastName, age, phone, salary, limit } of customers) {
    yield [whole(id), { text: firstName }, { text: lastName }, ...[age, phone, salary, limit].map(whole)];
  }
  yield CUSTOMER_COLUMNS.map(() => null);
}

function* loanRows(loans: readonly SampleLoan[]): Generator<Row> {
  yield LOAN_COLUMNS.map((text) => ({ text }));
  for (const [index, loan] of loans.entries()) {
    const day = index % 2 === 0 ? asSerial : asText;
    yield [
      whole(loan.customerNumber),
      whole(loan.loanNumber),
      whole(loan.amount),
      whole(loan.tenure),
      { number: asDouble(loan.rate) },
      whole(loan.instalment),
      whole(loan.paidOnTime),
      day(loan.approvedOn),
      day(loan.endsOn),
    ];
  }
}

const whole = (value: number): Cell => ({ number: String(value) });
const asText = (day: LocalDate): Cell => ({ text: day });
const asSerial = (day: LocalDate): Cell => ({ serial: daysBetween(DAY_ZERO, day) });

/** Hundredths as some programs write doubles: 820 are 8.1999999999999993. */
export function asDouble(hundredths: number): string {
  const text = (hundredths / 100).toPrecision(DOUBLE_DIGITS);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
