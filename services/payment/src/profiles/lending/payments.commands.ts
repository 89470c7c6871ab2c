import { businessDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { type CommandContext, isRefusal, type Waiter } from '@tenor/service-kit';
import type { LoanAccount } from '../../loan-accounts/loan-account.ts';
import { loadLoanAccounts } from '../../loan-accounts/loan-accounts.store.ts';
import { owedInstalments } from '../../payments/allocation.ts';
import type { PayInstalment } from '../../payments/instalment-payment.ts';
import { MANUAL, type Payment } from '../../payments/payment.ts';
import type { PaymentReference, PaymentService } from '../../payments/payments.commands.ts';
import { loadPayment, paymentUnderWay, reservedOf, waitKeyOf } from '../../payments/payments.store.ts';
import { type RecordOrder, recordOnce } from '../once.commands.ts';

/** How long an answer waits for billing to have applied the payment. */
const WAIT_MS = 5_000;
/** How often another payment may be faster before this one is refused. */
const ATTEMPTS_MAX = 5;

export interface LendingService extends PaymentService {
  /** Waits for payments to be answered by billing, by `waitKeyOf`. */
  readonly applied: Waiter;
  readonly record: RecordOrder;
}

/** The context of a payment of this week of the loan, of the n-th time that it is paid. */
export type WeekContext = (week: number | null, use: number) => CommandContext;

export interface PayWeek {
  readonly loan: Pick<LoanAccount, 'customerId' | 'loanId'>;
  /** The caller, as payments keep it. */
  readonly caller: string;
  /** With the Idempotency-Key that the caller sent; undefined without one. */
  readonly keyed: CommandContext | undefined;
  readonly contextOf: WeekContext;
}

/**
 * Pays the oldest unpaid week of a loan, and waits for billing. Without a key no week beyond the current one, and what
 * one caller asks for at the same time is one payment: requests join the one that this process is serving, or the one
 * that billing has not answered yet, or the one of the same week. Refuses as `instalmentPayment` does.
 */
export function weekPayer(service: LendingService): (command: PayWeek) => Promise<Payment | Refusal> {
  const underWay = new Map<string, Promise<Payment | Refusal>>();
  return (command) => {
    if (command.keyed !== undefined) return payKeyed(service, command, command.keyed);
    const { loan, caller } = command;
    const key = `${loan.loanId} ${caller}`;
    const same = underWay.get(key);
    if (same !== undefined) return same;
    const paying = payCurrent(service, command).finally(() => underWay.delete(key));
    underWay.set(key, paying);
    return paying;
  };
}

async function payKeyed(service: LendingService, { loan }: PayWeek, context: CommandContext) {
  const outcome = await service.record(context, orderOf(loan, null, true));
  return isRefusal(outcome) ? outcome : appliedPayment(service, outcome.result);
}

async function payCurrent(service: LendingService, { loan, caller, contextOf }: PayWeek): Promise<Payment | Refusal> {
  const { database, record } = service;
  for (let attempt = 1; ; attempt += 1) {
    const week = await nextWeek(service, loan);
    const paying = await paymentUnderWay(database, { ...loan, caller, youngerThanMs: WAIT_MS });
    if (paying !== undefined) {
      return appliedPayment(service, { payment_id: paying.id, customer_id: paying.customerId, outcome: 'settled' });
    }
    const order = orderOf(loan, week, false);
    const outcome = await recordOnce(database, record, (use) => contextOf(week, use), order);
    if (!isRefusal(outcome)) return appliedPayment(service, outcome.result);
    // Somebody else paid that week in the meantime.
    if (outcome.refused !== 'state_conflict' || attempt === ATTEMPTS_MAX) return outcome;
  }
}

const orderOf = (
  { customerId, loanId }: PayWeek['loan'],
  number: number | null,
  isInAdvance: boolean,
): PayInstalment => ({
  customerId,
  loanId,
  number,
  expected: null,
  isInAdvance,
  valueDate: null,
  method: MANUAL,
  externalId: null,
});

/** The number of the oldest unpaid week as far as it is known here; null without one. */
async function nextWeek(
  { database, clock, timeZone }: LendingService,
  { customerId, loanId }: PayWeek['loan'],
): Promise<number | null> {
  const account = (await loadLoanAccounts(database, [{ customerId, loanId }])).get(loanId);
  if (account === undefined) return null;
  const reserved = (await reservedOf(database, [customerId])).byLoan.get(loanId) ?? 0n;
  const today = businessDate(clock.now(), account.timeZone ?? timeZone);
  return owedInstalments(account, reserved, today)[0]?.number ?? null;
}

async function appliedPayment(
  { database, applied }: LendingService,
  { customer_id: customerId, payment_id: id }: PaymentReference,
): Promise<Payment> {
  const key = { customerId, id };
  await applied.wait(waitKeyOf(key), WAIT_MS);
  return loadPayment(database, key);
}
