import type { LocalDate } from '@tenor/calendar';
import type { ProblemCode, Refusal } from '@tenor/contracts';
import { formatAmount, min } from '@tenor/money';
import { type LoanAccount, takesMoneyOf } from '../loan-accounts/loan-account.ts';
import { compareOwed, compareTaken, type Owed, owedInstalments, type Part, take } from './allocation.ts';
import type { AllocationKind } from './payment.ts';

/** What another system's clients expect of their payments, whatever the loans say. */
export interface PaymentManner {
  /** What becomes of one above everything owed: it is stored as rejected, or refused so that nothing is stored. */
  readonly excess: 'reject' | 'refuse';
  /** Which loan is paid first where none is named: the one that was paid out first. */
  readonly order: 'oldest_loan';
}

export interface PaymentRequest {
  /** Minor units, above zero. */
  amount: bigint;
  currency: string;
  valueDate: LocalDate;
  /** Today, for the loans that are named or reached (`businessDateFor`). */
  businessDate: LocalDate;
  /** The loans that the payer named, or null to pay whatever is oldest. */
  allocations: readonly Part[] | null;
  /** Left out: as the loans say, the instalment first that is due first. */
  manner?: PaymentManner;
}

/** What the customer's loans are known to owe. */
export interface Standing {
  loans: readonly LoanAccount[];
  /** Minor units that payments in flight hold, by loan id. */
  reserved: ReadonlyMap<string, bigint>;
  /** By currency, what the customer is short of, less what payments in flight are to cover of it; minor units. */
  shortfalls: ReadonlyMap<string, bigint>;
}

export type PaymentDecision =
  /** `shortfall`: what is to cover that of the customer; minor units. */
  | { outcome: 'settled'; allocation: AllocationKind; parts: Part[]; shortfall: bigint }
  /** Above everything owed on loans that take no credit: stored, allocated nowhere. */
  | { outcome: 'rejected'; allocation: AllocationKind; code: 'amount_exceeds_outstanding' };

const orders = { due_date: compareOwed, oldest_loan: compareTaken } as const;

/**
 * Decides what a payment does, by domain.md §5. Refusals in this order: the value date (`value_date_in_future`);
 * the request itself (`validation_failed`); the loans it may go to (`not_found`, `currency_mismatch`,
 * `value_date_before_disbursement`, `state_conflict`, `loan_closed`); and what they owe (`nothing_owed`,
 * `payment_not_exact` with the amounts that would do).
 */
export function decidePayment(request: PaymentRequest, standing: Standing): PaymentDecision | Refusal {
  if (request.valueDate > request.businessDate) {
    return {
      refused: 'value_date_in_future',
      detail: `The value date ${request.valueDate} is after the business date ${request.businessDate}.`,
      meta: { business_date: request.businessDate },
    };
  }
  return request.allocations === null
    ? decideAutomatic(request, standing)
    : decideExplicit(request, request.allocations, standing);
}

/** What nobody allocates pays the loans, and what is more than they owe covers what the customer is short of. */
function decideAutomatic(
  request: PaymentRequest,
  { loans, reserved, shortfalls }: Standing,
): PaymentDecision | Refusal {
  const inCurrency = loans.filter((loan) => loan.currency === request.currency);
  if (inCurrency.length === 0 && loans.length > 0 && request.manner === undefined) {
    return {
      refused: 'currency_mismatch',
      detail: `None of the customer's loans is in ${request.currency}.`,
      meta: { currencies: [...new Set(loans.map((loan) => loan.currency))].sort() },
    };
  }
  const disbursed = inCurrency.filter((loan) => loan.status === 'paid' || takesMoneyOf(loan, request.valueDate));
  const owing = disbursed.map((loan) => ({
    loan,
    owed: owedInstalments(loan, reserved.get(loan.loanId) ?? 0n, request.valueDate),
  }));
  const reachable = owing.filter(({ loan }) => loan.disbursedOn !== null && loan.disbursedOn <= request.valueDate);
  const owed = reachable.flatMap((each) => each.owed).sort(orders[request.manner?.order ?? 'due_date']);
  const later = owing.find((each) => each.owed.length > 0);
  if (owed.length === 0 && later) return beforeDisbursement(request.valueDate, later.loan);
  const shortfall = shortfalls.get(request.currency) ?? 0n;
  return spend(request, { amount: request.amount, owed, shortfall, loans: disbursed, allocation: 'automatic' });
}

function decideExplicit(request: PaymentRequest, parts: readonly Part[], standing: Standing) {
  const invalid = checkParts(request, parts);
  if (invalid) return invalid;
  let rejected: PaymentDecision | undefined;
  for (const [index, part] of parts.entries()) {
    const decision = decidePart(request, part, index, standing);
    if ('refused' in decision) return decision;
    if (decision.outcome === 'rejected') rejected = decision;
  }
  return rejected ?? { outcome: 'settled' as const, allocation: 'explicit' as const, parts: [...parts], shortfall: 0n };
}

function decidePart(request: PaymentRequest, part: Part, index: number, { loans, reserved }: Standing) {
  const loan = loans.find(({ loanId }) => loanId === part.loanId);
  if (!loan) {
    return refusal('not_found', 'The customer has no such loan.', {
      errors: [pointAt(index, 'loan_id', 'not_found', 'no loan of this customer')],
    });
  }
  if (loan.currency !== request.currency) {
    return refusal('currency_mismatch', `The loan is in ${loan.currency}, the payment in ${request.currency}.`, {
      loan_id: loan.loanId,
      currencies: [loan.currency],
    });
  }
  if (loan.disbursedOn !== null && request.valueDate < loan.disbursedOn) {
    return beforeDisbursement(request.valueDate, loan);
  }
  if (loan.status === 'pending' || loan.status === 'approved') {
    return refusal('state_conflict', `The loan is ${loan.status}: it takes payments once it is disbursed.`, {
      loan_id: loan.loanId,
      status: loan.status,
      allowed: ['active'],
    });
  }
  if (!takesMoneyOf(loan, request.valueDate)) {
    return refusal('loan_closed', `The loan is ${loan.status} and takes no payments.`, {
      loan_id: loan.loanId,
      status: loan.status,
    });
  }
  const owed = owedInstalments(loan, reserved.get(loan.loanId) ?? 0n, request.valueDate);
  return spend(request, { amount: part.amount, owed, shortfall: 0n, loans: [loan], allocation: 'explicit' });
}

interface Spending {
  readonly amount: bigint;
  readonly owed: readonly Owed[];
  /** What the customer is short of, which is paid after all that is owed. */
  readonly shortfall: bigint;
  /** They say what becomes of money above both. */
  readonly loans: readonly LoanAccount[];
  readonly allocation: AllocationKind;
}

/** The part of the decision that rests on what is owed. */
function spend(
  request: PaymentRequest,
  { amount, owed, shortfall, loans, allocation }: Spending,
): PaymentDecision | Refusal {
  const takesNoCredit =
    request.manner !== undefined || (loans.length > 0 && loans.every(({ overpayment }) => overpayment === 'reject'));
  const rejected = { outcome: 'rejected', allocation, code: 'amount_exceeds_outstanding' } as const;
  if (owed.length === 0 && shortfall === 0n) {
    return takesNoCredit
      ? rejected
      : refusal('nothing_owed', 'Nothing is owed, once the payments under way are counted.', {});
  }
  const taking = take(amount, owed, request.valueDate);
  if (!taking.fits) {
    const amounts = taking.wouldDo.map((minor) => formatAmount(minor, request.currency));
    return refusal('payment_not_exact', `The amount does not fit what is owed; ${amounts.join(' or ')} would.`, {
      amounts,
      currency: request.currency,
      ...(allocation === 'explicit' ? { loan_id: owed[0]?.loanId } : {}),
    });
  }
  if (taking.rest > shortfall && takesNoCredit) return rejected;
  return { outcome: 'settled', allocation, parts: taking.parts, shortfall: min(taking.rest, shortfall) };
}

function checkParts(request: PaymentRequest, parts: readonly Part[]): Refusal | undefined {
  const seen = new Set<string>();
  for (const [index, { loanId }] of parts.entries()) {
    if (seen.has(loanId)) {
      const error = pointAt(index, 'loan_id', 'duplicate', 'this loan is named twice');
      return refusal('validation_failed', 'Each loan may be named once.', { errors: [error] });
    }
    seen.add(loanId);
  }
  const total = parts.reduce((sum, { amount }) => sum + amount, 0n);
  if (total === request.amount) return undefined;
  const detail = `The allocations sum to ${formatAmount(total, request.currency)}, not to the payment's amount.`;
  const error = { pointer: '/allocations', code: 'sum', message: 'the amounts must sum to the amount of the payment' };
  return refusal('validation_failed', detail, { errors: [error] });
}

function beforeDisbursement(valueDate: LocalDate, loan: LoanAccount): Refusal {
  return refusal(
    'value_date_before_disbursement',
    `The value date ${valueDate} is before the disbursement on ${loan.disbursedOn}.`,
    { loan_id: loan.loanId, disbursed_on: loan.disbursedOn },
  );
}

function pointAt(index: number, field: string, code: string, message: string) {
  return { pointer: `/allocations/${index}/${field}`, code, message };
}

function refusal(refused: ProblemCode, detail: string, meta: Record<string, unknown>): Refusal {
  return { refused, detail, meta };
}
