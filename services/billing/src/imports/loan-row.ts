import { date, type LocalDate, sheetDate } from '@tenor/calendar';
import type { FieldError, Refusal } from '@tenor/contracts';
import { money, parseAmount, sheetDecimal } from '@tenor/money';
import { wholeNumberId } from './customer-row.ts';
import type { LoanRow } from './imported-loan.ts';

/** The columns of a lender's file of loans (requirements.md, S3). */
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
type Column = (typeof LOAN_COLUMNS)[number];

/** As many digits as a spreadsheet keeps of a number. */
const WHOLE_NUMBER = /^\d{1,15}$/;
/** As many as a loan may have anywhere. */
const TENURE_MAX = 600;
/** More than any loan has instalments, and few enough to be kept. */
const ON_TIME_MAX = 100_000;
const LOAN_NUMBER_MAX = 10 ** 15;
/** Nobody's loan is older, and a wrong serial is. */
const FIRST_APPROVAL = date('1950-01-01');
const RATE = /^\d{1,6}(\.\d{1,9})?$/;
const CUSTOMER_LENGTH_MAX = 100;

/** What a cell holds, or what is wrong with it. */
type Read<Value> = Value | Fault;
interface Fault {
  readonly code: string;
  readonly message: string;
}

/** A row of a file of loans whose amounts are in `currency`. Refuses `validation_failed` with an error for each cell. */
export function readLoanRow(cells: Readonly<Record<string, string>>, currency: string): LoanRow | Refusal {
  const errors: FieldError[] = [];
  function read<Value>(column: Column, as: (text: string) => Read<Value>): Value | undefined {
    const text = cells[column] ?? '';
    const value = text === '' ? required : as(text);
    if (!isFault(value)) return value;
    errors.push({ pointer: `/${column}`, ...value });
    return undefined;
  }
  const amountIn = (text: string): Read<bigint> => amount(text, currency);
  const customerNumber = read('Customer ID', customer);
  const loanNumber = read('Loan ID', wholeBetween(1, LOAN_NUMBER_MAX));
  const principal = read('Loan Amount', amountIn);
  const tenure = read('Tenure', wholeBetween(1, TENURE_MAX));
  const rate = read('Interest Rate', percent);
  const instalment = read('Monthly payment', amountIn);
  const paidOnTime = read('EMIs paid on Time', wholeBetween(0, ON_TIME_MAX));
  const approvedOn = read('Date of Approval', approval);
  const endsOn = read('End Date', (text) => dayAfter(text, approvedOn));
  if (
    customerNumber === undefined ||
    loanNumber === undefined ||
    principal === undefined ||
    tenure === undefined ||
    rate === undefined ||
    instalment === undefined ||
    paidOnTime === undefined ||
    approvedOn === undefined ||
    endsOn === undefined
  ) {
    const detail = errors.map(({ pointer, message }) => `${pointer.slice(1)} ${message}`).join('; ');
    return { refused: 'validation_failed', detail, meta: { errors } };
  }
  return {
    customerNumber,
    loanNumber: BigInt(loanNumber),
    principal: money(principal, currency),
    numberOfInstalments: tenure,
    annualRatePercent: rate,
    instalment,
    paidOnTime,
    approvedOn,
    endsOn,
  };
}

const isFault = (value: unknown): value is Fault => typeof value === 'object' && value !== null && 'code' in value;

const required: Fault = { code: 'required', message: 'is empty' };

function customer(text: string): Read<string> {
  if (text.length <= CUSTOMER_LENGTH_MAX) return wholeNumberId(text);
  return { code: 'too_long', message: `is longer than ${CUSTOMER_LENGTH_MAX} characters` };
}

const wholeBetween =
  (least: number, most: number) =>
  (text: string): Read<number> => {
    const digits = sheetDecimal(text) ?? '';
    const value = WHOLE_NUMBER.test(digits) ? Number.parseInt(digits, 10) : -1;
    if (value >= least && value <= most) return value;
    return { code: 'invalid', message: `is no whole number from ${least} to ${most}` };
  };

/** Minor units, above zero. */
function amount(text: string, currency: string): Read<bigint> {
  const minor = parseAmount(sheetDecimal(text) ?? '', currency);
  if (typeof minor === 'bigint' && minor > 0n) return minor;
  return { code: 'invalid', message: `is no amount of ${currency} above zero` };
}

/** Decimal text; 8.1999999999999993 is 8.2. */
function percent(text: string): Read<string> {
  const decimal = sheetDecimal(text) ?? '';
  return RATE.test(decimal) ? decimal : { code: 'invalid', message: 'is no percentage from zero' };
}

function day(text: string): Read<LocalDate> {
  return sheetDate(text) ?? { code: 'invalid', message: 'is no date: a serial of a spreadsheet, or YYYY-MM-DD' };
}

function approval(text: string): Read<LocalDate> {
  const on = day(text);
  if (isFault(on) || on >= FIRST_APPROVAL) return on;
  return { code: 'invalid', message: `is before ${FIRST_APPROVAL}` };
}

function dayAfter(text: string, start: LocalDate | undefined): Read<LocalDate> {
  const end = day(text);
  if (isFault(end) || start === undefined || end > start) return end;
  return { code: 'invalid', message: 'is not after the date of approval' };
}
