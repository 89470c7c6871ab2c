import {
  loanCharged,
  loanRecovered,
  loanRepaymentReallocated,
  loanWaived,
  loanWrittenOff,
  type Refusal,
} from '@tenor/contracts';
import { isRefusal, type UnitOfWork } from '@tenor/service-kit';
import { lotIdOf } from '../loans/fold-order.ts';
import type { LoanState } from '../loans/loan.ts';
import type { Step } from '../loans/loan-book.ts';
import { historyOf, type LoanBook, openBooks, record, saveBooks } from '../loans/loan-books.commands.ts';
import type { DraftEvent, LoanEvent } from '../loans/loan-event.ts';
import { reallocatedData } from '../loans/loan-messages.ts';
import { findLoanKey } from '../loans/loan-reads.store.ts';
import { noLoan } from '../loans/loan-views.store.ts';
import type { Done, LoanService } from '../loans/loans.commands.ts';
import {
  changedNumbers,
  type Desk,
  nothingDone,
  saveDesk,
  takeRecovery,
  tellGrown,
  tellMoved,
  tellPaid,
} from '../repayments/desk.commands.ts';
import { chargedData, recoveredData, waivedData, writtenOffData } from './change-messages.ts';
import type { Effective } from './charge.ts';

/** Reads all events of the loan; few changes need them. */
export type Journal = () => Promise<readonly LoanEvent[]>;

/** What a change decides by: the loan as it stands, and today in its time zone. */
export type DecideChange = (
  state: LoanState,
  today: Pick<Effective, 'businessDate'>,
  journal: Journal,
) => DraftEvent | Refusal | Promise<DraftEvent | Refusal>;

/**
 * Changes a live loan by one event, and tells of it and of the payments that apply another amount because of it. Refuses
 * `not_found`, and what the decision refuses.
 */
export async function changeLoan(
  uow: UnitOfWork,
  service: Pick<LoanService, 'today'>,
  loanId: string,
  decide: DecideChange,
): Promise<Done | Refusal> {
  const key = await findLoanKey(uow, loanId);
  if (key === undefined) return noLoan(loanId);
  const books = await openBooks(uow, [key.customerId], async () => [key.loanId]);
  const book = books.customers.get(key.customerId);
  const loan = book?.loans.get(key.loanId);
  if (book === undefined || loan?.state === undefined) return noLoan(loanId);
  const before = loan.state;
  const businessDate = service.today(before.policy.timeZone);
  const draft = await decide(before, { businessDate }, () => historyOf(uow, loan));
  if (isRefusal(draft)) return draft;
  const work = { uow, ...nothingDone() };
  const desk: Desk = { ...work, book, now: books.now, today: service.today(null) };
  const step = await record(uow, loan, draft, books.now);
  tell(loan, step, draft);
  takeRecovery(desk, loan, step);
  tellMoved(desk, loan, step, step.event.id);
  tellPaid(loan, before, step);
  saveBooks(uow, books, ({ policy }) => service.today(policy.timeZone));
  saveDesk(work);
  const { recordedAt: knownAt } = step.event;
  const reference = { loan_id: key.loanId, customer_id: key.customerId, known_at: knownAt, as_of: businessDate };
  return { reference, states: [step.state] };
}

function tell(loan: LoanBook, step: Step, draft: DraftEvent): void {
  const { publisher } = loan;
  switch (draft.type) {
    case 'charged':
      publisher.publish(loanCharged, chargedData(step, draft));
      break;
    case 'waived':
      publisher.publish(loanWaived, waivedData(step, draft));
      break;
    case 'written_off':
      publisher.publish(loanWrittenOff, writtenOffData(step, draft));
      break;
    case 'recovered':
      publisher.publish(loanRecovered, recoveredData(step, draft));
      break;
    case 'prepaid':
      tellPrepaid(publisher, step, draft.payload.lotId);
      break;
    case 'delinquency_paused':
    case 'delinquency_resumed':
      tellGrown(loan, step);
      break;
    case 'restructured':
      // Consumers hear of the plan, as of any other that replaces one.
      break;
    default:
      throw new Error(`${draft.type} is no change of a live loan`);
  }
}

/** A payoff whose payment applies as much as before still changed what is left: tells of it as of one that moved. */
function tellPrepaid(publisher: LoanBook['publisher'], step: Step, lotId: string): void {
  const effect = step.effects.find(({ event }) => lotIdOf(event) === lotId);
  if (effect === undefined || step.moved.some(({ before }) => lotIdOf(before.event) === lotId)) return;
  const message = { state: step.state, changed: changedNumbers(step), paymentId: lotId, effect };
  publisher.publish(loanRepaymentReallocated, reallocatedData(message, effect));
}
