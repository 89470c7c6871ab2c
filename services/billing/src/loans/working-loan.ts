import { parseAmount } from '@tenor/money';
import { isSettled, type LoanInstalment, remaindersOf, withAdded } from '../delinquency/instalment.ts';
import type { Account } from '../ledger/account.ts';
import type { Allocation } from '../ledger/posting.ts';
import type { LoanState } from './loan.ts';

/** A state while events are applied to it: a private copy, whose instalments are replaced, never changed. */
export type WorkingLoan = { -readonly [Field in keyof LoanState]: LoanState[Field] } & {
  instalments: LoanInstalment[];
};

/** What an event moved, in minor units. */
export interface Outcome {
  /** Money paid out. */
  readonly disbursed: bigint;
  /** What of a disbursement paid another loan of the customer instead. */
  readonly refinanced: bigint;
  /** Fees kept back from both or lent on top of them: with them, the principal that is owed. */
  readonly chargedFees: bigint;
  /** What each instalment was charged with. */
  readonly charges: readonly Allocation[];
  /** What each instalment was let off. */
  readonly waivers: readonly Allocation[];
  /** What each instalment still owed when it was written off. */
  readonly writtenOff: readonly Allocation[];
  /** What of a recovery counts for what was written off. */
  readonly recovered: bigint;
  /** What each instalment took of a payment. */
  readonly allocations: readonly Allocation[];
  /** Sum of the allocations. */
  readonly applied: bigint;
  /** What of a payment or recovery the loan could not take, spent since or not: credit of the customer. */
  readonly excess: bigint;
  /** Where the applied money came from. */
  readonly paidFrom: Extract<Account, 'cash_clearing' | 'customer_credit'>;
}

export const NOTHING_MOVED: Outcome = {
  disbursed: 0n,
  refinanced: 0n,
  chargedFees: 0n,
  charges: [],
  waivers: [],
  writtenOff: [],
  recovered: 0n,
  allocations: [],
  applied: 0n,
  excess: 0n,
  paidFrom: 'cash_clearing',
};

/** A disbursed loan is paid while no instalment owes anything, and active again as soon as one does. */
export function followInstalments(loan: WorkingLoan): void {
  if (loan.disbursedOn === null) return;
  if (loan.writtenOff !== null) loan.status = 'written_off';
  else loan.status = loan.instalments.every(isSettled) ? 'paid' : 'active';
}

/** Lets every instalment off what it owes, and says what that was of each; `as` is what it counts as. */
export function letOff(loan: WorkingLoan, as: 'waived' | 'writtenOff'): Allocation[] {
  const letOff: Allocation[] = [];
  for (const [position, instalment] of loan.instalments.entries()) {
    if (isSettled(instalment)) continue;
    const parts = remaindersOf(instalment);
    loan.instalments[position] = withAdded(instalment, as, parts);
    letOff.push({ instalment: instalment.number, ...parts });
  }
  return letOff;
}

/** A recorded amount in minor units; throws for what is none. */
export function minorOf(text: string, currency: string): bigint {
  const minor = parseAmount(text, currency);
  if (typeof minor !== 'bigint') throw new Error(`A recorded amount is none of ${currency}: ${text} (${minor})`);
  return minor;
}
