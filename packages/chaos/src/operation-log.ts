export type OperationKind = 'customer' | 'loan' | 'payment' | 'reversal' | 'credit_use' | 'refund';

/** One thing that a client wants done, with the key under which it may be sent again and again. */
export interface Operation {
  readonly kind: OperationKind;
  readonly key: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Whether the answer is asked for only once billing has applied it. */
  readonly waits?: boolean;
}

/** An operation that was answered with 2xx: from then on it must be found, once. */
export interface Acknowledged extends Operation {
  readonly id: string;
  /** How many times it was sent until this answer came. */
  readonly attempts: number;
  /** When it was first sent, and when this answer came; by this process's steady clock, in milliseconds. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** A try that had no answer, or one that says nothing about the operation. */
export interface Fault {
  readonly at: number;
  readonly key: string;
  readonly kind: OperationKind;
  /** `cut off`, or the status and code. */
  readonly what: string;
}

export interface OperationLog {
  readonly acknowledged: Acknowledged[];
  readonly refused: { readonly operation: Operation; readonly code: string }[];
  /** Given up: in a sound system there are none. */
  readonly unanswered: Operation[];
  readonly faults: Fault[];
  /** When an answer said that billing had applied the payment. */
  readonly appliedAt: number[];
}

export const newLog = (): OperationLog => ({
  acknowledged: [],
  refused: [],
  unanswered: [],
  faults: [],
  appliedAt: [],
});
