import type { FieldError, Refusal } from '@tenor/contracts';
import { sheetDecimal } from '@tenor/money';

type Cells = Readonly<Record<string, string>>;

/** Under which column each field of a customer stands; a field that the file does not have is left out. */
export type CustomerColumns = Readonly<Record<string, string>>;

const MONEY = ['monthly_income', 'credit_limit'];
const WHOLE_NUMBER = /^\d{1,4}$/;

/** The columns of a lender's customer file, S3's names. */
export const FILE_COLUMNS: CustomerColumns = {
  external_id: 'Customer ID',
  first_name: 'First Name',
  last_name: 'Last Name',
  age: 'Age',
  phone: 'Phone Number',
  monthly_income: 'Monthly Salary',
  credit_limit: 'Approved Limit',
};

/** Those of the API's own CSV; amounts are in the row's `currency`. */
export const BULK_COLUMNS: CustomerColumns = {
  external_id: 'external_id',
  first_name: 'first_name',
  last_name: 'last_name',
  email: 'email',
  phone: 'phone',
  age: 'age',
  monthly_income: 'monthly_income',
  credit_limit: 'credit_limit',
};

/** The body that a request for this customer would have; what a cell does not hold is left out, its faults stay in. */
export function customerBody(cells: Cells, columns: CustomerColumns, currency: string): Record<string, unknown> {
  const given = Object.entries(columns).filter(([, column]) => (cells[column] ?? '') !== '');
  return Object.fromEntries(given.map(([field, column]) => [field, fieldOf(field, cells[column] ?? '', currency)]));
}

/** An id or a telephone number of a lender's file, where a whole number that a program wrote as a float is that number. */
export const wholeNumberId = (text: string): string => text.replace(/^(\d+)\.0+$/, '$1');

/** The cells of a lender's file with such ids as they are meant. */
export function withWholeIds(cells: Cells): Cells {
  const ids = ['Customer ID', 'Phone Number'].map((column) => [column, wholeNumberId(cells[column] ?? '')]);
  return { ...cells, ...Object.fromEntries(ids) };
}

function fieldOf(field: string, text: string, currency: string): unknown {
  if (MONEY.includes(field)) return { amount: sheetDecimal(text) ?? text, currency };
  if (field !== 'age') return text;
  const years = sheetDecimal(text) ?? text;
  return WHOLE_NUMBER.test(years) ? Number.parseInt(years, 10) : text;
}

/** The refusal with its errors at the columns of the file instead of the fields of a body. */
export function atColumns(refusal: Refusal, columns: CustomerColumns): Refusal {
  const errors = refusal.meta?.['errors'] as readonly FieldError[] | undefined;
  if (errors === undefined) return refusal;
  const moved = errors.map((error) => ({ ...error, pointer: columnAt(error.pointer, columns) }));
  const detail = moved.map(({ pointer, message }) => `${pointer.slice(1) || 'The row'} ${message}`).join('; ');
  return { ...refusal, detail, meta: { ...refusal.meta, errors: moved } };
}

function columnAt(pointer: string, columns: CustomerColumns): string {
  const [, field = ''] = pointer.split('/');
  if (field === '') return pointer;
  return pointer.endsWith('/currency') ? '/currency' : `/${columns[field] ?? field}`;
}
