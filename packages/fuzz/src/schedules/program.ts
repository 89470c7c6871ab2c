import fc from 'fast-check';

import type { LoanKind, Share } from './loan-kinds.ts';

/** Which of those that are known when the command is sent; taken modulo their number. */
type Choice = number;

/** What tells a request from others, or makes it one of them. */
export interface Labels {
  /** The same number is the same key, whatever the body. */
  readonly key: number;
  /** The same number is the same external id. */
  readonly externalId: number | null;
  /** Which of the two all customers of the schedule share; else each has its own. */
  readonly shared: 'key' | 'external id' | null;
}

export type Command = (
  | (Labels & { readonly do: 'open'; readonly kind: LoanKind; readonly daysAgo: number })
  | { readonly do: 'step'; readonly step: 'approve' | 'reject' | 'cancel' | 'disbursements'; readonly loan: Choice }
  | (Share &
      Labels & {
        readonly do: 'pay';
        readonly loan: Choice;
        readonly isExplicit: boolean;
        readonly daysBack: number;
        readonly waits: boolean;
        /** Sent so many times at once. */
        readonly copies: number;
        readonly isByProvider: boolean;
      })
  | (Omit<Labels, 'externalId'> & {
      readonly do: 'take back';
      readonly how: 'reverse' | 'chargeback';
      readonly payment: Choice;
    })
  | {
      readonly do: 'read';
      readonly what: Reading;
      readonly loan: Choice;
      readonly payment: Choice;
      readonly at: Viewpoint;
    }
  | (Share & Omit<Labels, 'externalId'> & { readonly do: 'use'; readonly loan: Choice; readonly copies: number })
  | (Share &
      Labels & {
        readonly do: 'refund';
        /** In whose currency. */
        readonly loan: Choice;
        readonly waits: boolean;
        readonly copies: number;
        readonly isByProvider: boolean;
      })
  /** What the provider tells of an operation that it was asked for. */
  | {
      readonly do: 'tell';
      readonly operation: Choice;
      readonly outcome: Outcome;
      /** The same number is the same event of this operation and outcome. */
      readonly event: number;
      readonly copies: number;
      readonly manner: Manner;
    }
  | { readonly do: 'provider'; readonly answers: ProviderAnswer }
  | { readonly do: 'republish' }
  | { readonly do: 'heal' }
  | { readonly do: 'change'; readonly change: 'limit' | 'inactive' | 'active' | 'name'; readonly guarded: boolean }
) & {
  /** Milliseconds after the start of the schedule. */
  readonly after: number;
  /** Which of the customers sends it, or all at the same moment. */
  readonly by: Choice | 'everybody';
};

export type CommandOf<Kind extends Command['do']> = Extract<Command, { do: Kind }>;

export type Outcome = 'succeeded' | 'failed';
/** Whether news is to be believed. */
export type Manner = 'signed' | 'forged' | 'expired' | 'unsigned' | 'other amount';
export type ProviderAnswer = 'proper' | 'refused' | 'unavailable' | 'garbage' | 'lost';
/** Events whose loss healing cures, once the loans are republished. */
const curable = [
  'payment.settled',
  'payment.reversed',
  'loan.repaid',
  'payment.refund_requested',
  'customer.refund_authorised',
  'payment.refund_paid_out',
  'payment.refund_failed',
] as const;
export type Lost = (typeof curable)[number];

export const readings = {
  loan: '/v1/loans/{id}',
  schedule: '/v1/loans/{id}/schedule',
  outstanding: '/v1/loans/{id}/outstanding',
  delinquency: '/v1/loans/{id}/delinquency',
  events: '/v1/loans/{id}/events',
  proof: '/v1/loans/{id}/proof',
  balance: '/v1/customers/{id}/balance',
  loans: '/v1/customers/{id}/loans',
  'customer delinquency': '/v1/customers/{id}/delinquency',
  payments: '/v1/customers/{id}/payments',
  'credit uses': '/v1/customers/{id}/credit-uses',
  refunds: '/v1/customers/{id}/refunds',
  customers: '/v1/customers',
  'all payments': '/v1/payments',
  payment: '/v1/payments/{id}',
  reconciliation: '/v1/reconciliation',
} as const;
export type Reading = keyof typeof readings;

export type Viewpoint = { readonly asOfDaysAgo: number | null; readonly knownMsAgo: number | null };

/** A loan that is there before, with so many instalments paid, each by a payment of its own. */
export interface Beginning {
  readonly kind: LoanKind;
  readonly paid: number;
  /** Whether another loan of this kind was overpaid, which leaves credit where the product gives any. */
  readonly isOverpaid: boolean;
}

/** What the clients of a few customers do at once, after what was there before. */
export interface Program {
  /** What is there before, for each customer. */
  readonly begins: readonly (readonly Beginning[])[];
  readonly commands: readonly Command[];
  /** The first customer's events of this type that are lost on their way to Kafka until all has come to rest. */
  readonly lost: Lost | null;
  /** What the provider tells of its operations in the end, from one place on for each, and then over again. */
  readonly lastNews: readonly Outcome[];
}

const START_WITHIN_MS = 30;
const CUSTOMERS = { minLength: 2, maxLength: 3 };
const COMMANDS = { minLength: 6, maxLength: 11 };
/** Few, so that commands of one schedule share them. */
const KEYS = 10;

const choice = fc.nat({ max: 5 });
const key = fc.nat({ max: KEYS - 1 });
const kind = fc.constantFrom<LoanKind>('weekly', 'annuity', 'open');
const copies = fc.constantFrom(1, 1, 2);
const own = { key, shared: fc.constantFrom<Labels['shared']>('key', 'external id', null) };
const labels = { ...own, externalId: fc.option(fc.nat({ max: 2 }), { freq: 2 }) };
const waits = fc.constantFrom(false, false, true);
const outcome = fc.constantFrom<Outcome>('succeeded', 'succeeded', 'failed');
const share = {
  amount: fc.constantFrom<Share['amount']>('instalments', 'instalments', 'any', 'everything', 'too much', 'inexact'),
  times: fc.integer({ min: 1, max: 4 }),
};

/** So that there is often enough credit, and often enough owed. */
const small = {
  amount: fc.constantFrom<Share['amount']>('instalments', 'instalments', 'instalments', 'any', 'everything', 'inexact'),
};

const commandKinds = {
  open: fc.record({ do: fc.constant('open' as const), kind, daysAgo: fc.integer({ min: 0, max: 100 }), ...labels }),
  step: fc.record({
    do: fc.constant('step' as const),
    step: fc.constantFrom('approve', 'reject', 'cancel', 'disbursements'),
    loan: choice,
  }),
  pay: fc.record({
    do: fc.constant('pay' as const),
    loan: choice,
    ...share,
    isExplicit: fc.boolean(),
    daysBack: fc.constantFrom(0, 0, 0, 1, 12),
    ...labels,
    waits,
    copies,
    isByProvider: fc.constantFrom(false, false, true),
  }),
  takeBack: fc.record({
    do: fc.constant('take back' as const),
    how: fc.constantFrom('reverse', 'chargeback'),
    payment: choice,
    ...own,
  }),
  read: fc.record({
    do: fc.constant('read' as const),
    what: fc.constantFrom(...(Object.keys(readings) as Reading[])),
    loan: choice,
    payment: choice,
    at: fc.record({
      asOfDaysAgo: fc.option(fc.integer({ min: 0, max: 60 })),
      knownMsAgo: fc.option(fc.integer({ min: 0, max: 1_500 })),
    }),
  }),
  use: fc.record({ do: fc.constant('use' as const), loan: choice, ...share, ...small, ...own, copies }),
  refund: fc.record({
    do: fc.constant('refund' as const),
    loan: choice,
    ...share,
    ...small,
    ...labels,
    waits,
    copies,
    isByProvider: fc.boolean(),
  }),
  tell: fc.record({
    do: fc.constant('tell' as const),
    operation: choice,
    outcome,
    event: fc.nat({ max: 1 }),
    copies: fc.integer({ min: 1, max: 3 }),
    manner: fc.constantFrom<Manner>('signed', 'signed', 'signed', 'forged', 'expired', 'unsigned', 'other amount'),
  }),
  provider: fc.record({
    do: fc.constant('provider' as const),
    answers: fc.constantFrom<ProviderAnswer>('proper', 'refused', 'unavailable', 'garbage', 'lost'),
  }),
  republish: fc.record({ do: fc.constant('republish' as const) }),
  heal: fc.record({ do: fc.constant('heal' as const) }),
  change: fc.record({
    do: fc.constant('change' as const),
    change: fc.constantFrom('limit', 'inactive', 'active', 'name'),
    guarded: fc.boolean(),
  }),
};

/** All claim one external id at the same moment, by what is likely taken otherwise. */
const claim = {
  key,
  externalId: fc.integer({ min: 3, max: 9 }),
  shared: fc.constant('external id' as const),
  by: fc.constant('everybody' as const),
};
const claims = {
  pay: fc.record({
    do: fc.constant('pay' as const),
    loan: choice,
    amount: fc.constant('instalments' as const),
    times: fc.constant(1),
    isExplicit: fc.constant(true),
    daysBack: fc.constant(0),
    waits: fc.constant(false),
    copies: fc.constant(1),
    isByProvider: fc.constant(false),
    ...claim,
  }),
  open: fc.record({ do: fc.constant('open' as const), kind, daysAgo: fc.constant(0), ...claim }),
};

const command: fc.Arbitrary<Command> = fc
  .tuple(
    fc.oneof(
      { arbitrary: commandKinds.open, weight: 1 },
      { arbitrary: claims.pay, weight: 3 },
      { arbitrary: claims.open, weight: 1 },
      { arbitrary: commandKinds.step, weight: 1 },
      { arbitrary: commandKinds.pay, weight: 7 },
      { arbitrary: commandKinds.takeBack, weight: 3 },
      { arbitrary: commandKinds.read, weight: 4 },
      { arbitrary: commandKinds.change, weight: 1 },
      { arbitrary: commandKinds.use, weight: 4 },
      { arbitrary: commandKinds.refund, weight: 3 },
      { arbitrary: commandKinds.tell, weight: 5 },
      { arbitrary: commandKinds.provider, weight: 1 },
      { arbitrary: commandKinds.republish, weight: 1 },
      { arbitrary: commandKinds.heal, weight: 1 },
    ),
    fc.nat({ max: START_WITHIN_MS }),
    fc.oneof({ arbitrary: choice, weight: 3 }, { arbitrary: fc.constant('everybody' as const), weight: 2 }),
  )
  .map(([what, after, by]) => ({ by, ...what, after }) as Command);

const paid = fc.nat({ max: 2 });
/** Most have credit, for which the product must give some. */
const beginning = fc.oneof(
  { arbitrary: fc.record({ kind, paid, isOverpaid: fc.boolean() }), weight: 1 },
  {
    arbitrary: fc.record({
      kind: fc.constantFrom<LoanKind>('weekly', 'annuity'),
      paid,
      isOverpaid: fc.constant(true),
    }),
    weight: 2,
  },
);

export const program: fc.Arbitrary<Program> = fc.record({
  begins: fc.array(fc.array(beginning, { minLength: 1, maxLength: 2 }), CUSTOMERS),
  commands: fc.array(command, COMMANDS),
  lost: fc.oneof({ arbitrary: fc.constant(null), weight: 4 }, { arbitrary: fc.constantFrom(...curable), weight: 1 }),
  lastNews: fc.array(outcome, { minLength: 2, maxLength: 3 }),
});
