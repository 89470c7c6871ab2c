import type { LocalDate } from '@tenor/calendar';
import { loanApproved, loanCancelled, loanDisbursed, loanOpened, loanRejected, type Refusal } from '@tenor/contracts';
import { isRefusal, type UnitOfWork } from '@tenor/service-kit';
import type { LoanState } from './loan.ts';
import { type LoanBook, openBooks, record, saveBooks } from './loan-books.commands.ts';
import { type Dated, decideApprove, decideCancel, decideDisburse, decideReject } from './loan-decisions.ts';
import type { DraftEvent } from './loan-event.ts';
import { disbursedData, openedData } from './loan-messages.ts';
import { findLoanKey } from './loan-reads.store.ts';
import { noLoan } from './loan-views.store.ts';

/** What the commands need from outside. */
export interface LoanService {
  /** The business date in a loan's time zone; null is the installation's. */
  readonly today: (timeZone: string | null) => LocalDate;
  /** What an event carries in place of an external id. */
  readonly refOf: (externalId: string) => string;
  readonly countOpened: (product: string, currency: string, principal: bigint) => void;
}

/** How a loan was left by a command: enough to present it so again, whatever happens later. */
export interface LoanReference {
  readonly loan_id: string;
  readonly customer_id: string;
  readonly known_at: string;
  readonly as_of: LocalDate;
}

export type LoanStep =
  | { readonly step: 'approve' }
  | { readonly step: 'reject' | 'cancel'; readonly reason: string | null }
  | { readonly step: 'disburse'; readonly disbursedOn: LocalDate | null };

/** Moves a loan that is not paid out yet one step along its life. Refuses `not_found`, and what the decision refuses. */
export async function advanceLoan(
  uow: UnitOfWork,
  service: LoanService,
  loanId: string,
  command: LoanStep,
): Promise<LoanReference | Refusal> {
  const key = await findLoanKey(uow, loanId);
  if (key === undefined) return noLoan(loanId);
  const books = await openBooks(uow, [key.customerId], async () => [key.loanId]);
  const book = books.customers.get(key.customerId)?.loans.get(key.loanId);
  if (book?.state === undefined) return noLoan(loanId);
  const businessDate = service.today(book.state.policy.timeZone);
  const drafts = decide(book.state, command, businessDate);
  if (isRefusal(drafts)) return drafts;
  const knownAt = await recordAll(uow, service, book, drafts, books.now);
  saveBooks(uow, books, ({ policy }) => service.today(policy.timeZone));
  return { loan_id: key.loanId, customer_id: key.customerId, known_at: knownAt, as_of: businessDate };
}

function decide(state: LoanState, command: LoanStep, businessDate: LocalDate): DraftEvent[] | Refusal {
  const dated: Dated = { valueDate: null, businessDate };
  switch (command.step) {
    case 'approve':
      return decideApprove(state, dated);
    case 'reject':
      return decideReject(state, dated, command.reason);
    case 'cancel':
      return decideCancel(state, dated, command.reason);
    case 'disburse':
      return decideDisburse(state, { ...dated, valueDate: command.disbursedOn });
    default:
      return command satisfies never;
  }
}

/** Records and publishes lifecycle events; returns when the last was recorded. */
export async function recordAll(
  uow: UnitOfWork,
  service: LoanService,
  book: LoanBook,
  drafts: readonly DraftEvent[],
  now: string,
): Promise<string> {
  let recordedAt = book.head.recordedAt;
  for (const draft of drafts) {
    const step = await record(uow, book, draft, now);
    recordedAt = step.event.recordedAt;
    tell(service, book, draft, step.state);
  }
  return recordedAt;
}

function tell(service: LoanService, { publisher }: LoanBook, draft: DraftEvent, state: LoanState): void {
  const loan = { loan_id: state.loanId, customer_id: state.customerId };
  switch (draft.type) {
    case 'opened': {
      const externalRef = state.externalId === null ? null : service.refOf(state.externalId);
      publisher.publish(loanOpened, openedData(state, draft.payload.disbursedOn, externalRef));
      break;
    }
    case 'approved':
      publisher.publish(loanApproved, { ...loan, approved_on: draft.valueDate });
      break;
    case 'rejected':
      publisher.publish(loanRejected, { ...loan, reason: draft.payload.reason });
      break;
    case 'cancelled':
      publisher.publish(loanCancelled, { ...loan, reason: draft.payload.reason });
      break;
    case 'disbursed':
      publisher.publish(loanDisbursed, disbursedData(state, draft.valueDate, state.principal));
      break;
    case 'restructured':
    case 'delinquency_paused':
    case 'delinquency_resumed':
    case 'charged':
    case 'waived':
    case 'written_off':
    case 'recovered':
    case 'prepaid':
      throw new Error(`${draft.type} is told by the changes`);
    case 'repaid':
    case 'repayment_reversed':
    case 'credit_used':
    case 'credit_spent':
    case 'credit_returned':
      throw new Error(`${draft.type} is told by the repayments`);
    default:
      draft satisfies never;
  }
}
