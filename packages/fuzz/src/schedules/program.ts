import fc from 'fast-check';

/** The loans that a schedule opens: their instalments are small, so that a few payments reach their end. */
export const loanKinds = {
  weekly: { product: 'weekly-flat-50', currency: 'IDR', principal: '500000.00', instalment: 11_000, total: 550_000 },
  annuity: {
    product: 'monthly-annuity',
    currency: 'INR',
    principal: '3000.00',
    terms: { annual_rate_percent: '10.5', number_of_instalments: 3 },
    instalment: 1_018,
    total: 3_053,
  },
  open: { product: 'open-30-weeks', currency: 'USD', principal: '300.00', instalment: 40, total: 300 },
} as const;
export type LoanKind = keyof typeof loanKinds;

/** Which of those that are known when the command is sent; taken modulo their number. */
type Choice = number;

export type Command = (
  | { readonly do: 'open'; readonly kind: LoanKind; readonly daysAgo: number }
  | { readonly do: 'step'; readonly step: 'approve' | 'reject' | 'cancel' | 'disbursements'; readonly loan: Choice }
  | {
      readonly do: 'pay';
      readonly loan: Choice;
      readonly amount: 'instalments' | 'any' | 'everything' | 'too much' | 'inexact';
      readonly times: number;
      readonly isExplicit: boolean;
      readonly daysBack: number;
      /** The same number is the same key, whatever the body. */
      readonly key: number;
      /** The same number is the same external id. */
      readonly externalId: number | null;
      readonly waits: boolean;
      /** Sent so many times at once. */
      readonly copies: number;
    }
  | { readonly do: 'take back'; readonly how: 'reverse' | 'chargeback'; readonly payment: Choice; readonly key: number }
  | { readonly do: 'read'; readonly what: Reading; readonly loan: Choice; readonly at: Viewpoint }
  | { readonly do: 'change'; readonly change: 'limit' | 'inactive' | 'active' | 'name'; readonly guarded: boolean }
) & {
  /** Milliseconds after the start of the schedule. */
  readonly after: number;
};

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
} as const;
export type Reading = keyof typeof readings;

export type Viewpoint = { readonly asOfDaysAgo: number | null; readonly knownMsAgo: number | null };

/** A loan that is there before, with so many instalments paid, each by a payment of its own. */
export interface Beginning {
  readonly kind: LoanKind;
  readonly paid: number;
}

/** What one customer's clients do at once, after what was there before. */
export interface Program {
  readonly begins: readonly Beginning[];
  readonly commands: readonly Command[];
}

const START_WITHIN_MS = 30;
const COMMANDS = { minLength: 8, maxLength: 14 };
/** Few, so that commands of one schedule share them. */
const KEYS = 15;

const choice = fc.nat({ max: 5 });
const key = fc.nat({ max: KEYS - 1 });
const kind = fc.constantFrom<LoanKind>('weekly', 'annuity', 'open');

const commandKinds = {
  open: fc.record({ do: fc.constant('open' as const), kind, daysAgo: fc.integer({ min: 0, max: 100 }) }),
  step: fc.record({
    do: fc.constant('step' as const),
    step: fc.constantFrom('approve', 'reject', 'cancel', 'disbursements'),
    loan: choice,
  }),
  pay: fc.record({
    do: fc.constant('pay' as const),
    loan: choice,
    amount: fc.constantFrom('instalments', 'instalments', 'any', 'everything', 'too much', 'inexact'),
    times: fc.integer({ min: 1, max: 4 }),
    isExplicit: fc.boolean(),
    daysBack: fc.constantFrom(0, 0, 0, 1, 12),
    key,
    externalId: fc.option(fc.nat({ max: 2 }), { freq: 2 }),
    waits: fc.boolean(),
    copies: fc.constantFrom(1, 1, 2),
  }),
  takeBack: fc.record({
    do: fc.constant('take back' as const),
    how: fc.constantFrom('reverse', 'chargeback'),
    payment: choice,
    key,
  }),
  read: fc.record({
    do: fc.constant('read' as const),
    what: fc.constantFrom(...(Object.keys(readings) as Reading[])),
    loan: choice,
    at: fc.record({
      asOfDaysAgo: fc.option(fc.integer({ min: 0, max: 60 })),
      knownMsAgo: fc.option(fc.integer({ min: 0, max: 1_500 })),
    }),
  }),
  change: fc.record({
    do: fc.constant('change' as const),
    change: fc.constantFrom('limit', 'inactive', 'active', 'name'),
    guarded: fc.boolean(),
  }),
};

const command: fc.Arbitrary<Command> = fc
  .tuple(
    fc.oneof(
      { arbitrary: commandKinds.open, weight: 1 },
      { arbitrary: commandKinds.step, weight: 1 },
      { arbitrary: commandKinds.pay, weight: 8 },
      { arbitrary: commandKinds.takeBack, weight: 3 },
      { arbitrary: commandKinds.read, weight: 4 },
      { arbitrary: commandKinds.change, weight: 1 },
    ),
    fc.nat({ max: START_WITHIN_MS }),
  )
  .map(([what, after]) => ({ ...what, after }) as Command);

export const program: fc.Arbitrary<Program> = fc.record({
  begins: fc.array(fc.record({ kind, paid: fc.nat({ max: 2 }) }), { minLength: 1, maxLength: 2 }),
  commands: fc.array(command, COMMANDS),
});
