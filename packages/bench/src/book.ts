import { randomUUID } from 'node:crypto';
import type { Operation } from './load.ts';

const PRODUCT = 'weekly-flat-50';
const PRINCIPAL = { amount: '5000000.00', currency: 'IDR' } as const;
/** One of fifty instalments of 5,000,000 at ten per cent flat. */
const INSTALMENT = { amount: '110000.00', currency: 'IDR' } as const;
const INSTALMENTS = 50;
const WAIT_SECONDS = 10;

/** A round's own customers and loans, and the operations on them. */
export interface Book {
  customer(): Operation;
  /** Each customer has one loan; a second when all have one. */
  loan(): Operation;
  /** Pays the oldest unpaid instalment of a random loan. */
  payment(): Operation;
  /** The same, answered once billing has applied it; anything else counts as an error. */
  awaitedPayment(): Operation;
  outstanding(): Operation;
  schedule(): Operation;
  readonly loans: number;
}

interface Loan {
  readonly id: string;
  readonly customerId: string;
  paid: number;
}

const textIn = (body: Record<string, unknown>, field: string): string => {
  const value = body[field];
  if (typeof value !== 'string') throw new Error(`The answer has no ${field}`);
  return value;
};

function expectValue(body: Record<string, unknown>, field: string, expected: unknown): void {
  if (body[field] !== expected) throw new Error(`The answer says ${field} ${String(body[field])}`);
}

/** An empty book. */
export function newBook(): Book {
  const customers: string[] = [];
  const loans: Loan[] = [];
  let opened = 0;

  function anyLoan(): Loan {
    const loan = loans[Math.floor(Math.random() * loans.length)];
    if (loan === undefined) throw new Error('No loan is open yet');
    return loan;
  }
  function unpaidLoan(): Loan {
    for (let tries = 0; tries < loans.length; tries += 1) {
      const loan = anyLoan();
      if (loan.paid < INSTALMENTS) return loan;
    }
    throw new Error('All loans are paid');
  }
  function payment(headers: Readonly<Record<string, string>>, status: string | undefined): Operation {
    const loan = unpaidLoan();
    loan.paid += 1;
    return {
      request: {
        method: 'POST',
        path: '/v1/payments',
        headers: { 'idempotency-key': randomUUID(), ...headers },
        body: { customer_id: loan.customerId, amount: INSTALMENT },
      },
      ...(status === undefined ? {} : { check: (body) => expectValue(body, 'status', status) }),
    };
  }
  const read = (what: string): Operation => ({ request: { method: 'GET', path: `/v1/loans/${anyLoan().id}/${what}` } });

  return {
    customer: () => ({
      request: {
        method: 'POST',
        path: '/v1/customers',
        body: { external_id: `bench-${randomUUID()}`, first_name: 'Ana', last_name: 'Ng' },
      },
      check: (body) => customers.push(textIn(body, 'id')),
    }),
    loan() {
      const customerId = customers[opened % customers.length];
      if (customerId === undefined) throw new Error('There is no customer yet');
      opened += 1;
      return {
        request: {
          method: 'POST',
          path: '/v1/loans',
          headers: { 'idempotency-key': randomUUID() },
          body: { customer_id: customerId, product: PRODUCT, principal: PRINCIPAL },
        },
        check: (body) => loans.push({ id: textIn(body, 'id'), customerId, paid: 0 }),
      };
    },
    payment: () => payment({}, undefined),
    awaitedPayment: () => payment({ prefer: `wait=${WAIT_SECONDS}` }, 'applied'),
    outstanding: () => read('outstanding'),
    schedule: () => read('schedule'),
    get loans() {
      return loans.length;
    },
  };
}
