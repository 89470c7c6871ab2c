import { loanRestructured } from '@tenor/contracts';
import type { SubjectPublisher } from '@tenor/service-kit';
import { isSamePlan } from '../delinquency/instalment.ts';
import type { LoanState } from './loan.ts';
import type { LoanEvent } from './loan-event.ts';
import { restructuredData } from './loan-messages.ts';

/** What one piece of work made of a loan. */
export interface Reworked {
  readonly publisher: SubjectPublisher;
  /** As it is stored; undefined for a new loan. */
  readonly before: LoanState | undefined;
  readonly recorded: readonly LoanEvent[];
}

/**
 * Tells, once, that the plan is not the one that is stored: by a change, a payment or a disbursement, or because an
 * event dated earlier made the journal fold to another one. A plan that came back counts as made by what it undoes.
 */
export function announcePlan({ publisher, before, recorded }: Reworked, state: LoanState): void {
  if (before === undefined || before.disbursedOn === null) return;
  const isSame = before.plan?.version === state.plan?.version && isSamePlan(before.instalments, state.instalments);
  const change = recorded.find((event) => event.type === 'restructured');
  if (isSame && change === undefined) return;
  const made = state.plan ?? (before.plan && { ...before.plan, on: before.disbursedOn });
  if (made === null) throw new Error(`The plan of loan ${state.loanId} changed, and nothing changed it`);
  const reason = change?.payload.restructureId === made.changeId ? change.payload.reason : null;
  publisher.publish(loanRestructured, restructuredData(state, made, reason));
}
