import type { LocalDate } from '@tenor/calendar';
import {
  loanApproved,
  loanCancelled,
  loanDisbursed,
  loanFailed,
  loanOpened,
  loanRejected,
  type Refusal,
} from '@tenor/contracts';
import { isRefusal, type UnitOfWork } from '@tenor/service-kit';
import { type MoneyInput, readMoney } from '../customers/money-input.ts';
import { decideFurtherDisbursement, maySpread } from './further-disbursement.ts';
import { fold, type LoanState } from './loan.ts';
import { type CustomerBook, historyOf, type LoanBook, openBooks, record, saveBooks } from './loan-books.commands.ts';
import { type Dated, decideApprove, decideCancel, decideDisburse, decideFail, decideReject } from './loan-decisions.ts';
import type { DraftEvent } from './loan-event.ts';
import { disbursedData, openedData } from './loan-messages.ts';
import { findLoanKey, standingOf } from './loan-reads.store.ts';
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

/** What a command did: what to keep of it, and its loans as they stand then, the one that is answered with first. */
export interface Done {
  readonly reference: LoanReference;
  readonly states: readonly LoanState[];
}

/** What an idempotency key keeps of a command. */
export const referenceOf = (done: Done | Refusal): LoanReference | Refusal => (isRefusal(done) ? done : done.reference);

export type LoanStep =
  | { readonly step: 'approve'; readonly approvedOn: LocalDate | null }
  | { readonly step: 'reject' | 'cancel' | 'fail'; readonly reason: string | null }
  | {
      readonly step: 'disburse';
      readonly disbursedOn: LocalDate | null;
      /** Null: all that is left of the principal. */
      readonly amount: MoneyInput | null;
    };

/**
 * Moves a loan one step along its life, until its principal is paid out. Refuses `validation_failed`, `not_found`, and
 * what the decision refuses.
 */
export async function advanceLoan(
  uow: UnitOfWork,
  service: LoanService,
  loanId: string,
  command: LoanStep,
): Promise<Done | Refusal> {
  const key = await findLoanKey(uow, loanId);
  if (key === undefined) return noLoan(loanId);
  const books = await openBooks(uow, [key.customerId], async () => [key.loanId]);
  const own = books.customers.get(key.customerId);
  const book = own?.loans.get(key.loanId);
  if (own === undefined || book?.state === undefined) return noLoan(loanId);
  const { state } = book;
  const dated: Dated = { valueDate: null, businessDate: service.today(state.policy.timeZone) };
  const drafts =
    command.step === 'disburse'
      ? await decideDisbursement(uow, { own, book, state }, dated, command)
      : decideStep(state, dated, command);
  if (isRefusal(drafts)) return drafts;
  const knownAt = await recordAll(uow, service, book, drafts, books.now);
  saveBooks(uow, books, ({ policy }) => service.today(policy.timeZone));
  const { customerId } = key;
  const reference = { loan_id: key.loanId, customer_id: customerId, known_at: knownAt, as_of: dated.businessDate };
  return { reference, states: [book.state] };
}

function decideStep(
  state: LoanState,
  dated: Dated,
  command: Exclude<LoanStep, { step: 'disburse' }>,
): DraftEvent[] | Refusal {
  switch (command.step) {
    case 'approve':
      return decideApprove(state, { ...dated, valueDate: command.approvedOn });
    case 'reject':
      return decideReject(state, dated, command.reason);
    case 'cancel':
      return decideCancel(state, dated, command.reason);
    case 'fail':
      return decideFail(state, dated, command.reason);
    default:
      return command satisfies never;
  }
}

interface Disbursed {
  readonly own: CustomerBook;
  readonly book: LoanBook;
  readonly state: LoanState;
}

/** The first disbursement of an approved loan, or a further one of an active loan, which needs room in the limit. */
async function decideDisbursement(
  uow: UnitOfWork,
  { own, book, state }: Disbursed,
  today: Dated,
  { disbursedOn, amount }: Extract<LoanStep, { step: 'disburse' }>,
): Promise<DraftEvent[] | Refusal> {
  const part = amount === null ? null : readMoney(amount, '/amount');
  if (part !== null && isRefusal(part)) return part;
  const dated = { ...today, valueDate: disbursedOn };
  if (!maySpread(state)) return decideDisburse(state, dated, part);
  const { customer } = own;
  const currency = customer.creditLimit?.currency ?? state.currency;
  const { exposure } = await standingOf(uow, customer.id, currency);
  const asOf = disbursedOn ?? today.businessDate;
  const then = fold(await historyOf(uow, book), { asOf })?.state ?? state;
  return decideFurtherDisbursement(state, dated, part, { customer, exposure, then });
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
    case 'failed':
      publisher.publish(loanFailed, { ...loan, reason: draft.payload.reason });
      break;
    case 'disbursed':
      publisher.publish(loanDisbursed, disbursedData(state, draft));
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
