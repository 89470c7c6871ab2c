import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';

export const noPayment: Refusal = { refused: 'not_found', detail: 'There is no such payment.' };

export type PaymentStatus = 'pending' | 'settled' | 'applied' | 'failed' | 'rejected' | 'reversed';
export type AllocationKind = 'explicit' | 'automatic';
export type ReversalKind = 'reversal' | 'chargeback';

/** The part of a payment that goes to one loan, or (without a loan) to the customer's credit balance. */
export interface Piece {
  loanId: string | null;
  /** Minor units that the payment asked this loan to take, or without a loan the customer's shortfall. */
  asked: bigint;
  /** Minor units that billing applied to the loan's instalments. */
  applied: bigint;
  /** Minor units that billing turned into credit. */
  credited: bigint;
  /** Whether `asked` still reserves: billing's answer is not projected yet. */
  inFlight: boolean;
  /** Whether billing has taken this piece back. */
  reversed: boolean;
}

export interface Payment {
  id: string;
  customerId: string;
  externalId: string | null;
  externalRef: string | null;
  /** Minor units, above zero. */
  amount: bigint;
  currency: string;
  valueDate: LocalDate;
  /** RFC 3339 with microseconds, by the database's clock. */
  recordedAt: string;
  method: string;
  status: PaymentStatus;
  allocation: AllocationKind;
  pieces: readonly Piece[];
  /** Whether billing has answered for the whole amount; it stays true after a reversal. */
  answered: boolean;
  /** Whether billing still has to answer a reversal. */
  reversalUnanswered: boolean;
  eventSequence: bigint;
  rejectCode: 'amount_exceeds_outstanding' | null;
  /** Why the provider did not bring the money; null unless the payment is failed. */
  failureCode: string | null;
}

/** What billing says it did with a payment. A loan's `applied` and `credited` are its new figures, not changes. */
export type BillingAnswer =
  | { kind: 'applied'; paymentId: string; loanId: string; applied: bigint; credited: bigint }
  | { kind: 'taken_back'; paymentId: string; loanId: string | null }
  | { kind: 'credited'; paymentId: string; amount: bigint }
  /** The customer's credit has what the payment left on a loan: the loan itself tells how much. */
  | { kind: 'credit_told'; paymentId: string };

/** A piece as it is recorded: it reserves what it asks for, of a loan or of a shortfall, until billing answers. */
export function newPiece(loanId: string | null, asked: bigint): Piece {
  return { loanId, asked, applied: 0n, credited: 0n, inFlight: true, reversed: false };
}

/** The method of a payment whose money is here already; any other is the name of a provider. */
export const MANUAL = 'manual';

/** What a payment is when it is recorded: it waits for its provider unless it needs none, or is rejected. */
export function firstStatus({ method, rejectCode }: Pick<Payment, 'method' | 'rejectCode'>) {
  if (rejectCode !== null) return 'rejected';
  return method === MANUAL ? 'settled' : 'pending';
}

/** What a provider says became of a payment. */
export type ChargeResult =
  | { succeeded: true; amount: bigint; currency: string }
  | { succeeded: false; failureCode: string };

/**
 * Takes in what a provider says, whenever and however often it says it. Money that came is never refused: a payment
 * settles also after its hold has ended and after it failed. A failure counts only while nothing else is known.
 *
 * Refuses `settlement_mismatch` for another amount or currency than was asked for, and `state_conflict` for money of
 * a payment that no provider was asked for.
 *
 * @returns the same object when nothing changes
 */
export function conclude(payment: Payment, result: ChargeResult): Payment | Refusal {
  return result.succeeded ? settle(payment, result) : fail(payment, result.failureCode);
}

function settle(payment: Payment, paid: { amount: bigint; currency: string }): Payment | Refusal {
  if (paid.amount !== payment.amount || paid.currency !== payment.currency) {
    return {
      refused: 'settlement_mismatch',
      detail: 'Another amount was asked for.',
      meta: { payment_id: payment.id },
    };
  }
  switch (payment.status) {
    case 'pending':
    case 'failed':
      return {
        ...payment,
        status: 'settled',
        failureCode: null,
        pieces: payment.pieces.map((piece) => ({ ...piece, inFlight: true })),
      };
    case 'settled':
    case 'applied':
    case 'reversed':
      return payment;
    case 'rejected':
      return {
        refused: 'state_conflict',
        detail: 'The payment was rejected and never charged.',
        meta: { status: payment.status, allowed: ['pending', 'failed'] },
      };
    default:
      return payment.status satisfies never;
  }
}

function fail(payment: Payment, failureCode: string): Payment {
  if (payment.status !== 'pending') return payment;
  const pieces = payment.pieces.map((piece) => ({ ...piece, inFlight: false }));
  return { ...payment, status: 'failed', failureCode, pieces };
}

/** The statuses that a reversal or a chargeback can start from. */
export const reversibleFrom: readonly PaymentStatus[] = ['settled', 'applied'];

/**
 * Takes a payment back. Its reservation ends at once: billing reads the settlement and the reversal in this
 * order, so a later payment is judged there as if this one had never been.
 *
 * Refuses `state_conflict` for a payment that is neither settled nor applied.
 */
export function reverse(payment: Payment, kind: ReversalKind): Payment | Refusal {
  if (!reversibleFrom.includes(payment.status)) {
    return {
      refused: 'state_conflict',
      detail: `A ${kind} needs a payment that is ${reversibleFrom.join(' or ')}; this one is ${payment.status}.`,
      meta: { status: payment.status, allowed: reversibleFrom },
    };
  }
  return {
    ...payment,
    status: 'reversed',
    pieces: payment.pieces.map((piece) => ({ ...piece, inFlight: false })),
    reversalUnanswered: true,
  };
}

/**
 * Takes in what billing did. The payment is `applied` once Σ applied + Σ credited is its amount, in whatever
 * order the two topics of billing brought the answers; a reversal is answered once every such piece is back.
 */
export function follow(payment: Payment, answer: BillingAnswer): Payment {
  const pieces = changePiece(payment.pieces, answer);
  const total = brought(pieces);
  if (total > payment.amount) throw new Error(`billing applied more of payment ${payment.id} than its amount`);
  const answered = payment.answered || total === payment.amount;
  const allBack = answered && pieces.every((piece) => piece.reversed || piece.applied + piece.credited === 0n);
  return {
    ...payment,
    status: answered && payment.status === 'settled' ? 'applied' : payment.status,
    pieces: answered ? pieces.map((piece) => ({ ...piece, inFlight: awaitsCredit(piece, pieces) })) : pieces,
    answered,
    reversalUnanswered: payment.reversalUnanswered && !allBack,
  };
}

/** What is meant for a shortfall reserves until the customer's credit shows it, which another topic tells than the loan's. */
function awaitsCredit({ loanId, inFlight }: Piece, pieces: readonly Piece[]): boolean {
  return inFlight && loanId === null && pieces.some((piece) => piece.loanId !== null && piece.credited > 0n);
}

/** Whether billing's answer can be true: it never applies more of a payment than its amount. */
export function fits({ pieces, amount }: Payment, answer: BillingAnswer): boolean {
  return brought(changePiece(pieces, answer)) <= amount;
}

function brought(pieces: readonly Piece[]): bigint {
  return pieces.reduce((sum, { applied, credited }) => sum + applied + credited, 0n);
}

function changePiece(pieces: readonly Piece[], answer: BillingAnswer): Piece[] {
  if (answer.kind === 'credit_told') {
    return pieces.map((piece) => (piece.loanId === null ? { ...piece, inFlight: false } : piece));
  }
  const loanId = answer.kind === 'credited' ? null : answer.loanId;
  const known = pieces.find((piece) => piece.loanId === loanId);
  const before = known ?? { loanId, asked: 0n, applied: 0n, credited: 0n, inFlight: false, reversed: false };
  const after = pieceAfter(before, answer);
  return known ? pieces.map((piece) => (piece === known ? after : piece)) : [...pieces, after];
}

function pieceAfter(piece: Piece, answer: Exclude<BillingAnswer, { kind: 'credit_told' }>): Piece {
  switch (answer.kind) {
    case 'applied':
      return { ...piece, applied: answer.applied, credited: answer.credited, inFlight: false };
    case 'credited':
      return { ...piece, credited: piece.credited + answer.amount, inFlight: false };
    case 'taken_back':
      return { ...piece, inFlight: false, reversed: true };
    default:
      return answer satisfies never;
  }
}
