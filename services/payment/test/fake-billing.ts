import { addDays, date } from '@tenor/calendar';
import {
  customerChanged,
  customerCredited,
  customerCreditReclaimed,
  customerRefundAuthorised,
  customerRefundRefused,
  customerRegistered,
  type EventContract,
  encodeEvent,
  type LateGrowth,
  loanApproved,
  loanBecameDelinquent,
  type loanCharged,
  loanDisbursed,
  loanOpened,
  loanPaid,
  loanRepaid,
  loanRepaymentReallocated,
  loanRepaymentReversed,
  type loanRestructured,
  loanSnapshot,
  type loanWaived,
  type loanWrittenOff,
} from '@tenor/contracts';
import { formatAmount, min, parseAmount } from '@tenor/money';
import { newId } from '@tenor/service-kit';

/** One message as billing would send it. */
export interface BillingMessage {
  topic: string;
  customerId: string;
  text: string;
}

export interface RefundMoney {
  amount: string;
  currency: string;
}

export interface FakeLoan {
  id: string;
  customerId: string;
  currency: string;
  /** Minor units unpaid by instalment. */
  unpaid: bigint[];
  disbursedOn: string;
}

export interface LoanTerms {
  /** A new one unless told. */
  id?: string;
  timeZone?: string;
  lateGrowth?: LateGrowth;
  instalments?: readonly string[];
  currency?: string;
  disbursedOn?: string;
  paymentPolicy?: 'exact' | 'partial' | 'any';
  overpayment?: 'credit' | 'reject';
  /** False leaves the loan pending. */
  disburse?: boolean;
}

/** The loan that the credit was meant for, and what the customer is short of after it. */
interface CreditGiven {
  loanId?: string | null;
  shortfall?: string;
}

/** Events that show a loan's new face. */
type LoanChanged =
  | typeof loanCharged
  | typeof loanWaived
  | typeof loanRestructured
  | typeof loanWrittenOff
  | typeof loanDisbursed;

/** Builds billing's messages, with the sequences that billing would count; sending them is the test's business. */
export class FakeBilling {
  readonly #sequences = new Map<string, number>();

  register(
    customerId = newId(),
    externalRef: string | null = null,
  ): { customerId: string; messages: BillingMessage[] } {
    const data = { customer_id: customerId, external_ref: externalRef, status: 'active' };
    return { customerId, messages: [this.#message(customerRegistered, customerId, customerId, data)] };
  }

  deactivate(customerId: string): BillingMessage {
    return this.#message(customerChanged, customerId, customerId, { customer_id: customerId, status: 'inactive' });
  }

  /** A weekly loan whose instalments have the given totals. */
  open(customerId: string, terms: LoanTerms = {}): { loan: FakeLoan; messages: BillingMessage[] } {
    const { instalments = ['100.00', '100.00', '100.00'], currency = 'IDR', disbursedOn = '2026-01-01' } = terms;
    const loan: FakeLoan = {
      id: terms.id ?? newId(),
      customerId,
      currency,
      unpaid: instalments.map((amount) => minor(amount, currency)),
      disbursedOn,
    };
    const total = formatAmount(sum(loan.unpaid), currency);
    const opened = this.#loan(loanOpened, loan, {
      loan_id: loan.id,
      customer_id: customerId,
      external_ref: null,
      product: { code: 'weekly', version: 1 },
      currency,
      principal: total,
      total,
      payment_policy: terms.paymentPolicy ?? 'exact',
      overpayment: terms.overpayment ?? 'credit',
      ...(terms.lateGrowth && { late_growth: terms.lateGrowth }),
      ...(terms.timeZone && { time_zone: terms.timeZone }),
      disbursed_on: disbursedOn,
      terms: { ...loanOpened.example.terms, number_of_instalments: instalments.length },
      schedule: this.#rows(loan).map(({ number, due_date, amount }) => ({
        number,
        due_date,
        principal: amount,
        interest: formatAmount(0n, currency),
        fee: formatAmount(0n, currency),
        total: amount,
      })),
      status: 'pending',
    });
    if (terms.disburse === false) return { loan, messages: [opened] };
    const approved = this.#loan(loanApproved, loan, {
      loan_id: loan.id,
      customer_id: customerId,
      approved_on: disbursedOn,
    });
    const disbursed = this.#loan(loanDisbursed, loan, {
      ...this.#face(loan),
      disbursed_on: disbursedOn,
      amount: total,
    });
    return { loan, messages: [opened, approved, disbursed] };
  }

  /** Applies a payment to the oldest instalments; what is left is the loan's excess. */
  repay(loan: FakeLoan, paymentId: string, amount: string, paidFrom?: 'credit'): BillingMessage[] {
    let left = minor(amount, loan.currency);
    loan.unpaid = loan.unpaid.map((unpaid) => {
      const taken = min(left, unpaid);
      left -= taken;
      return unpaid - taken;
    });
    const credited = formatAmount(left, loan.currency);
    const repaid = this.#loan(loanRepaid, loan, {
      ...this.#face(loan),
      payment_id: paymentId,
      ...(paidFrom && { paid_from: paidFrom }),
      value_date: '2026-01-08',
      amount: formatAmount(minor(amount, loan.currency) - left, loan.currency),
      credited,
      allocations: [],
      reason: null,
    });
    const paid = { loan_id: loan.id, customer_id: loan.customerId, paid_on: '2026-01-08' };
    return [
      repaid,
      ...(sum(loan.unpaid) === 0n ? [this.#loan(loanPaid, loan, paid)] : []),
      ...(left > 0n ? [this.credit(loan, paymentId, credited, { loanId: loan.id })] : []),
    ];
  }

  reallocate(loan: FakeLoan, paymentId: string, amount: string, credited: string): BillingMessage {
    return this.#loan(loanRepaymentReallocated, loan, {
      ...this.#face(loan),
      payment_id: paymentId,
      value_date: '2026-01-08',
      amount,
      previous_amount: amount,
      credited,
      allocations: [],
    });
  }

  /** Takes a payment back: the loan owes `unpaid` again. */
  takeBack(loan: FakeLoan, paymentId: string, unpaid: readonly string[]): BillingMessage {
    loan.unpaid = unpaid.map((amount) => minor(amount, loan.currency));
    return this.#loan(loanRepaymentReversed, loan, {
      ...this.#face(loan),
      payment_id: paymentId,
      kind: 'reversal',
      value_date: '2026-01-08',
      amount: formatAmount(sum(loan.unpaid), loan.currency),
    });
  }

  credit(loan: FakeLoan, paymentId: string, amount: string, more: CreditGiven = {}): BillingMessage {
    const data = { ...this.#credit(loan, paymentId, amount, more), reason: 'overpaid' };
    return this.#message(customerCredited, loan.customerId, loan.customerId, data);
  }

  reclaim(loan: FakeLoan, paymentId: string, amount: string, more: CreditGiven = {}): BillingMessage {
    const data = { ...this.#credit(loan, paymentId, amount, more), reason: 'payment_reversed' };
    return this.#message(customerCreditReclaimed, loan.customerId, loan.customerId, data);
  }

  /** Credit without a loan that comes back from a refund that failed. */
  giveBack(loan: FakeLoan, refundId: string, amount: string): BillingMessage {
    const data = { ...this.#credit(loan, newId(), amount, {}), refund_id: refundId, reason: 'refund_failed' };
    return this.#message(customerCredited, loan.customerId, loan.customerId, data);
  }

  authoriseRefund(customerId: string, refundId: string, money: RefundMoney): BillingMessage {
    const data = { refund_id: refundId, customer_id: customerId, ...money, balance: '0.00', lots: [] };
    return this.#message(customerRefundAuthorised, customerId, customerId, data);
  }

  refuseRefund(customerId: string, refundId: string, money: RefundMoney): BillingMessage {
    const data = { refund_id: refundId, customer_id: customerId, ...money, balance: '0.00', reason: 'credit_exceeded' };
    return this.#message(customerRefundRefused, customerId, customerId, data);
  }

  /** Tells of a change after which the loan owes `unpaid`; what the event says besides is its example's. */
  change(loan: FakeLoan, contract: LoanChanged, unpaid: readonly string[], more: object = {}): BillingMessage {
    loan.unpaid = unpaid.map((amount) => minor(amount, loan.currency));
    return this.#loan(contract, loan, { ...contract.example, ...this.#face(loan), ...more });
  }

  delinquent(loan: FakeLoan): BillingMessage {
    return this.#loan(loanBecameDelinquent, loan, {
      ...loanBecameDelinquent.example,
      loan_id: loan.id,
      customer_id: loan.customerId,
    });
  }

  /** The whole loan as it stands. */
  snapshot(loan: FakeLoan, status: 'active' | 'inactive' = 'active'): BillingMessage {
    const { unpaid: rows, ...face } = this.#face(loan);
    return this.#loan(loanSnapshot, loan, {
      ...loanSnapshot.example,
      ...face,
      customer: { external_ref: null, status, sequence: this.#sequences.get(loan.customerId) ?? 0 },
      external_ref: null,
      payment_policy: 'exact',
      overpayment: 'credit',
      disbursed_on: loan.disbursedOn,
      schedule: rows.map(({ amount, ...row }) => ({
        ...row,
        principal: amount,
        interest: formatAmount(0n, loan.currency),
        fee: formatAmount(0n, loan.currency),
        total: amount,
        unpaid: amount,
      })),
    });
  }

  #credit(loan: FakeLoan, paymentId: string, amount: string, { loanId = null, shortfall }: CreditGiven) {
    const { customerId: customer_id, currency } = loan;
    const balance = shortfall === undefined ? { balance: amount } : { balance: formatAmount(0n, currency), shortfall };
    return { customer_id, currency, payment_id: paymentId, loan_id: loanId, amount, ...balance };
  }

  #face(loan: FakeLoan) {
    return {
      loan_id: loan.id,
      customer_id: loan.customerId,
      currency: loan.currency,
      status: sum(loan.unpaid) > 0n ? 'active' : 'paid',
      outstanding: formatAmount(sum(loan.unpaid), loan.currency),
      unpaid: this.#rows(loan),
    };
  }

  #rows({ unpaid, disbursedOn, currency }: FakeLoan) {
    return unpaid.map((amount, index) => ({
      number: index + 1,
      due_date: addDays(date(disbursedOn), 7 * (index + 1)),
      amount: formatAmount(amount, currency),
    }));
  }

  #loan(contract: EventContract, loan: FakeLoan, data: unknown): BillingMessage {
    return this.#message(contract, loan.customerId, loan.id, data);
  }

  #message(contract: EventContract, customerId: string, subject: string, data: unknown): BillingMessage {
    const sequence = (this.#sequences.get(subject) ?? 0) + 1;
    this.#sequences.set(subject, sequence);
    const envelope = { id: newId(), source: '/tenor/billing', subject, time: '2026-01-08T10:00:00.000001Z' };
    return {
      topic: contract.topic,
      customerId,
      text: encodeEvent(contract, { ...envelope, sequence, customerId, data }),
    };
  }
}

function minor(amount: string, currency: string): bigint {
  const parsed = parseAmount(amount, currency);
  if (typeof parsed !== 'bigint') throw new Error(`${amount} ${currency} is ${parsed}`);
  return parsed;
}

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}
