import { type BatchedCommand, isRefusal } from '@tenor/service-kit';
import type { LoanReference, LoanService } from '../../loans/loans.commands.ts';
import { loanOpening, type OpenLoanCommand } from '../../loans/new-loans.commands.ts';
import { keepContractVersions } from './mo-records.store.ts';

/** A loan to open, with what is kept beside it. */
export type OpenMoLoan = OpenLoanCommand & { readonly contractVersion: string | null };

type Opening = ReturnType<typeof loanOpening>;
type Parts<Command> =
  Opening extends BatchedCommand<OpenLoanCommand, infer Customer, infer Loaded, LoanReference>
    ? BatchedCommand<Command, Customer, Loaded, LoanReference>
    : never;

/** Opens loans as `loanOpening` does, and keeps the versions of their contracts with them. */
export function moLoanOpening(service: LoanService): Parts<OpenMoLoan> {
  const opening = loanOpening(service);
  return {
    ...opening,
    async perform(sql, asked, loaded) {
      const outcomes = await opening.perform(sql, asked, loaded);
      const versions = outcomes.flatMap((outcome, index) => {
        const contractVersion = asked[index]?.command.contractVersion ?? null;
        return isRefusal(outcome) || contractVersion === null ? [] : [{ id: outcome.loan_id, contractVersion }];
      });
      keepContractVersions(sql, versions);
      return outcomes;
    },
  };
}
