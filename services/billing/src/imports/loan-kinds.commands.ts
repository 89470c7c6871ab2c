import type { RowKind } from '@tenor/row-jobs';
import { isRefusal } from '@tenor/service-kit';
import { keepLoanNumbers } from './file-numbers.store.ts';
import type { ImportParameters } from './import-parameters.ts';
import type { LoanRow } from './imported-loan.ts';
import { importLoans, type LoanImportService } from './imported-loans.commands.ts';
import { LOAN_COLUMNS, readLoanRow } from './loan-row.ts';

/** Of one transaction, whose customers stay locked for so long. */
const ROWS_PER_CHUNK = 50;

/** Loans of a lender's file, which come with their past. A row is the same whatever the day of the file that has it. */
export function loansFile(service: LoanImportService): RowKind<LoanRow, ImportParameters> {
  return {
    name: 'loans',
    columns: LOAN_COLUMNS.map((name) => ({ name, required: true })),
    rowsPerChunk: ROWS_PER_CHUNK,
    read: ({ cells }, { parameters }) => readLoanRow(cells, parameters.currency),
    identify: (row) => ({
      key: `${row.customerNumber}/${row.loanNumber}`,
      content: contentOf(row),
    }),
    async perform(uow, rows, { parameters }) {
      const outcomes = await importLoans(uow, service, rows, parameters.as_of);
      const made = outcomes.flatMap((outcome, index) => {
        const number = rows[index]?.loanNumber;
        if (isRefusal(outcome) || number === undefined) return [];
        return [{ id: outcome.loanId, customerId: outcome.customerId, number }];
      });
      await keepLoanNumbers(uow, made);
      return outcomes.map((outcome) =>
        isRefusal(outcome) ? outcome : { result: { loan_id: outcome.loanId, customer_id: outcome.customerId } },
      );
    },
  };
}

/** As plain JSON, without what the key has. */
function contentOf({ customerNumber: _, loanNumber: __, principal, instalment, ...rest }: LoanRow): object {
  return { ...rest, principal: [principal.minor, principal.currency].join(' '), instalment: String(instalment) };
}
