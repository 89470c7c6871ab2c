import type { EventContract, EventOf } from './cloud-event.ts';
import { customerChanged } from './events/customer-changed.ts';
import { customerCreditReclaimed } from './events/customer-credit-reclaimed.ts';
import { customerCreditUsed } from './events/customer-credit-used.ts';
import { customerCredited } from './events/customer-credited.ts';
import { customerLimitChanged } from './events/customer-limit-changed.ts';
import { customerRefundAuthorised } from './events/customer-refund-authorised.ts';
import { customerRefundRefused } from './events/customer-refund-refused.ts';
import { customerRegistered } from './events/customer-registered.ts';
import { journalRootSigned } from './events/journal-root-signed.ts';
import { loanApproved } from './events/loan-approved.ts';
import { loanBecameDelinquent } from './events/loan-became-delinquent.ts';
import { loanBucketChanged } from './events/loan-bucket-changed.ts';
import { loanCancelled } from './events/loan-cancelled.ts';
import { loanCharged } from './events/loan-charged.ts';
import { loanCured } from './events/loan-cured.ts';
import { loanDisbursed } from './events/loan-disbursed.ts';
import { loanFailed } from './events/loan-failed.ts';
import { loanGrown } from './events/loan-grown.ts';
import { loanInstalmentDueSoon } from './events/loan-instalment-due-soon.ts';
import { loanOpened } from './events/loan-opened.ts';
import { loanPaid } from './events/loan-paid.ts';
import { loanRecovered } from './events/loan-recovered.ts';
import { loanRejected } from './events/loan-rejected.ts';
import { loanRepaid } from './events/loan-repaid.ts';
import { loanRepaymentReallocated } from './events/loan-repayment-reallocated.ts';
import { loanRepaymentReversed } from './events/loan-repayment-reversed.ts';
import { loanRestructured } from './events/loan-restructured.ts';
import { loanSnapshot } from './events/loan-snapshot.ts';
import { loanWaived } from './events/loan-waived.ts';
import { loanWrittenOff } from './events/loan-written-off.ts';
import { paymentFailed } from './events/payment-failed.ts';
import { paymentReceived } from './events/payment-received.ts';
import { paymentRefundFailed } from './events/payment-refund-failed.ts';
import { paymentRefundPaidOut } from './events/payment-refund-paid-out.ts';
import { paymentRefundRequested } from './events/payment-refund-requested.ts';
import { paymentRejected } from './events/payment-rejected.ts';
import { paymentReversed } from './events/payment-reversed.ts';
import { paymentSettled } from './events/payment-settled.ts';

/** Every event of the system, in the order of the documents. */
export const events = [
  loanOpened,
  loanApproved,
  loanRejected,
  loanCancelled,
  loanFailed,
  loanDisbursed,
  loanRepaid,
  loanRepaymentReversed,
  loanRepaymentReallocated,
  loanPaid,
  loanBecameDelinquent,
  loanCured,
  loanBucketChanged,
  loanInstalmentDueSoon,
  loanCharged,
  loanWaived,
  loanRestructured,
  loanWrittenOff,
  loanRecovered,
  loanGrown,
  loanSnapshot,
  customerRegistered,
  customerChanged,
  customerLimitChanged,
  customerCredited,
  customerCreditReclaimed,
  customerCreditUsed,
  customerRefundAuthorised,
  customerRefundRefused,
  paymentReceived,
  paymentSettled,
  paymentFailed,
  paymentReversed,
  paymentRejected,
  paymentRefundRequested,
  paymentRefundPaidOut,
  paymentRefundFailed,
  journalRootSigned,
] as const satisfies readonly EventContract[];

type AnyContract = (typeof events)[number];

/** The name of an event, such as `loan.repaid`. */
export type EventType = AnyContract['type'];

type EventsByType = { [Contract in AnyContract as Contract['type']]: EventOf<Contract> };

/** An event by its name: `Event<'loan.repaid'>`; without one, any of them. A `switch` over `type` narrows it. */
export type Event<Type extends EventType = EventType> = EventsByType[Type];

export type AnyEvent = Event;
