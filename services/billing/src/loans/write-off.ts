import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import { addParts, isSettled, NO_PARTS, sumOfParts } from '../delinquency/instalment.ts';
import type { Parts } from '../schedules/schedule.ts';
import { type Incoming, type Lots, repay } from './incoming-payment.ts';
import { followInstalments, letOff, minorOf, NOTHING_MOVED, type Outcome, type WorkingLoan } from './working-loan.ts';

/** What a loan owed when it was written off: kept apart, since it is outstanding no more. Minor units. */
export interface WrittenOff extends Parts {
  readonly on: LocalDate;
  /** What came in of it since. */
  readonly recovered: bigint;
}

/** Gives up all that is owed that day and keeps it apart. A loan that owes nothing then, by what came in, stays paid. */
export function writeOff(loan: WorkingLoan, on: LocalDate): Outcome {
  if (loan.writtenOff !== null || loan.instalments.every(isSettled)) return NOTHING_MOVED;
  const writtenOff = letOff(loan, 'writtenOff');
  const { principal, interest, fee, penalty } = writtenOff.reduce<Parts>(addParts, NO_PARTS);
  loan.writtenOff = { on, principal, interest, fee, penalty, recovered: 0n };
  followInstalments(loan);
  return { ...NOTHING_MOVED, writtenOff };
}

/**
 * Money that came in of a loan that was written off: as much as is left to recover and not spent already, the rest is
 * excess. Of a loan that turns out not to be written off it is a payment like any other.
 */
export function recover(loan: WorkingLoan, { id, amount }: Incoming, on: LocalDate, lots: Lots): Outcome {
  const { writtenOff } = loan;
  if (writtenOff === null) return repay(loan, { id, amount }, on, lots);
  const brought = minorOf(amount, loan.currency);
  const recovered = min(brought - (lots.spent.get(id) ?? 0n), leftToRecover(writtenOff));
  const excess = brought - recovered;
  loan.writtenOff = { ...writtenOff, recovered: writtenOff.recovered + recovered };
  loan.credited += excess;
  return { ...NOTHING_MOVED, recovered, excess };
}

/** What of a loan that was written off has not come in yet: recoveries go to principal first. */
export function unrecovered(writtenOff: WrittenOff): Parts {
  let left = writtenOff.recovered;
  const after = (owed: bigint): bigint => {
    const part = min(left, owed);
    left -= part;
    return owed - part;
  };
  const principal = after(writtenOff.principal);
  const interest = after(writtenOff.interest);
  const fee = after(writtenOff.fee);
  return { principal, interest, fee, penalty: after(writtenOff.penalty) };
}

/** In all, in minor units. */
export const leftToRecover = (writtenOff: WrittenOff): bigint => sumOfParts(unrecovered(writtenOff));
