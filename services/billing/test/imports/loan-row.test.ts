import { LOAN_COLUMNS as SAMPLE_COLUMNS } from '@tenor/sample-files';
import { LOAN_COLUMNS, readLoanRow } from '../../src/imports/loan-row.ts';
import { rowOf } from './rows.ts';

const cells = {
  'Customer ID': '14',
  'Loan ID': '5930',
  'Loan Amount': '1000',
  Tenure: '12',
  'Interest Rate': '8.1999999999999993',
  'Monthly payment': '100',
  'EMIs paid on Time': '3',
  'Date of Approval': '45688',
  'End Date': '2026-01-31',
};
const row = rowOf({ customerNumber: '14', loanNumber: 5930n, paidOnTime: 3 });

describe('a row of a file of loans', () => {
  test('is read from serials and ISO dates, and from doubles as the decimals that they stand for', () => {
    expect(readLoanRow(cells, 'INR')).toEqual(row);
    expect(readLoanRow({ ...cells, 'Date of Approval': '2025-01-31 00:00:00', Tenure: '12.0' }, 'INR')).toEqual(row);
  });

  test.each([
    ['Customer ID', '', 'required'],
    ['Customer ID', 'x'.repeat(101), 'too_long'],
    ['Loan ID', '12a', 'invalid'],
    ['Loan ID', '0', 'invalid'],
    ['Loan Amount', '-50000', 'invalid'],
    ['Loan Amount', '0.001', 'invalid'],
    ['Tenure', '601', 'invalid'],
    ['Tenure', '0', 'invalid'],
    ['Interest Rate', '-1', 'invalid'],
    ['Interest Rate', '=1+1', 'invalid'],
    ['Monthly payment', '0', 'invalid'],
    ['EMIs paid on Time', '1.5', 'invalid'],
    ['Date of Approval', '2025-02-30', 'invalid'],
    ['Date of Approval', '60', 'invalid'],
    ['Date of Approval', '1024', 'invalid'],
    ['End Date', '2025-01-31', 'invalid'],
    ['End Date', 'soon', 'invalid'],
  ])('is refused at %s for %j', (column, text, code) => {
    expect(readLoanRow({ ...cells, [column]: text }, 'INR')).toMatchObject({
      refused: 'validation_failed',
      meta: { errors: [{ pointer: `/${column}`, code }] },
    });
  });

  test('tells of each of its cells that is wrong', () => {
    const refusal = readLoanRow({ ...cells, Tenure: '', 'Loan Amount': 'much' }, 'INR');
    expect(refusal).toMatchObject({ meta: { errors: [{ pointer: '/Loan Amount' }, { pointer: '/Tenure' }] } });
  });

  test('has the columns of the sample files', () => {
    expect(LOAN_COLUMNS).toEqual(SAMPLE_COLUMNS);
  });
});
