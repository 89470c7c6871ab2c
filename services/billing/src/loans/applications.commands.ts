import type { Refusal } from '@tenor/contracts';
import { type CommandContext, type Database, inBatches, isRefusal, type Outcome } from '@tenor/service-kit';
import type { LoanReference, LoanService } from './loans.commands.ts';
import { loanOpening, type OpenLoanCommand } from './new-loans.commands.ts';

/** Asks core banking about an applicant, outside any transaction; a refusal ends the application. */
export type CheckApplicant = (customerId: string) => Promise<Refusal | undefined>;

export type ApplyForLoan = (
  context: CommandContext,
  command: Omit<OpenLoanCommand, 'isKnownToBank'>,
) => Promise<Outcome<LoanReference>>;

/** Opens loans as `loanOpening` does, and asks core banking first where the product wants that; refuses what either does. */
export function loanApplications(
  database: Database,
  service: LoanService,
  checkApplicant: CheckApplicant,
): ApplyForLoan {
  const openLoan = inBatches(database, loanOpening(service));
  return async (context, application) => {
    const outcome = await openLoan(context, { ...application, isKnownToBank: false });
    if (!isRefusal(outcome) || outcome.refused !== 'kyc_required') return outcome;
    // Only now is it known that somebody has to be asked: neither a replay nor another product's loan comes here.
    const barred = await checkApplicant(application.customerId);
    return barred ?? openLoan(inRun(context, 'known'), { ...application, isKnownToBank: true });
  };
}

/** So that what a duplicate was refused before the bank was asked answers nobody who has asked it. */
function inRun({ idempotency, ...context }: CommandContext, run: string): CommandContext {
  return idempotency === undefined ? context : { ...context, idempotency: { ...idempotency, run } };
}
