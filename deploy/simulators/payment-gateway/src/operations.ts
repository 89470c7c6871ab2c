import { randomUUID } from 'node:crypto';
import type { OperationRequest } from './simulation.ts';

export interface Operation extends OperationRequest {
  id: string;
  kind: 'charge' | 'payout';
  status: 'pending' | 'succeeded' | 'failed';
  failure_code: string | null;
}

export interface Operations {
  /** The operation that this key makes, or made before; undefined when it made one of another request. */
  make(
    kind: Operation['kind'],
    key: string,
    request: OperationRequest,
  ): { operation: Operation; isNew: boolean } | undefined;
  /** The newest operation of the caller's own id. */
  find(kind: Operation['kind'], reference: string): Operation | undefined;
  all(): Operation[];
  /** From now on a known key makes a new operation. */
  forgetKeys(): void;
}

const prefixes = { charge: 'ch', payout: 'po' } as const;

/** In memory: a simulator that ends forgets everything, as no provider would. */
export function createOperations(): Operations {
  const byKey = new Map<string, Operation>();
  const byReference = new Map<string, Operation>();
  const made: Operation[] = [];
  return {
    make(kind, key, request) {
      const scoped = `${kind} ${key}`;
      const known = byKey.get(scoped);
      if (known) return isSame(known, request) ? { operation: known, isNew: false } : undefined;
      const id = `${prefixes[kind]}_${randomUUID()}`;
      const operation: Operation = { id, kind, ...request, status: 'pending', failure_code: null };
      byKey.set(scoped, operation);
      byReference.set(`${kind} ${request.reference}`, operation);
      made.push(operation);
      return { operation, isNew: true };
    },
    find: (kind, reference) => byReference.get(`${kind} ${reference}`),
    all: () => [...made],
    forgetKeys: () => byKey.clear(),
  };
}

function isSame(a: OperationRequest, b: OperationRequest): boolean {
  return a.reference === b.reference && a.amount === b.amount && a.currency === b.currency;
}
