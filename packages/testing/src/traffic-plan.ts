import { addDays, type LocalDate } from '@tenor/calendar';
import type { Random } from './random.ts';

/** A product with amounts that lead to small schedules, so that random traffic reaches their ends. */
export interface Kind {
  readonly product: string;
  readonly currency: string;
  readonly principal: string;
  readonly terms?: Readonly<Record<string, unknown>>;
  /** Whole units of the currency: what one instalment is, and more than the loan ever owes. */
  readonly instalment: number;
  readonly beyond: number;
  /** Whether it takes whole instalments only. */
  readonly isExact: boolean;
}

/** A provider that pays out nothing, so that refunds through it fail. */
export const REFUSING_PROVIDER = 'refusing';

export const kinds = {
  weekly: {
    product: 'weekly-flat-50',
    currency: 'IDR',
    principal: '500000.00',
    instalment: 11_000,
    beyond: 600_000,
    isExact: true,
  },
  annuity: {
    product: 'monthly-annuity',
    currency: 'INR',
    principal: '12000.00',
    terms: { annual_rate_percent: '10.5', number_of_instalments: 6 },
    instalment: 2_062,
    beyond: 13_000,
    isExact: false,
  },
  open: {
    product: 'open-30-weeks',
    currency: 'USD',
    principal: '300.00',
    instalment: 40,
    beyond: 400,
    isExact: false,
  },
} as const satisfies Record<string, Kind>;

/** A loan that a customer has, as the traffic has to know it. */
export interface OpenLoan {
  readonly id: string;
  readonly kind: Kind;
  readonly disbursedOn: LocalDate;
}

export type PaymentLabel = 'whole instalments' | 'any amount' | 'overpayment' | 'inexact';

export type Operation =
  | { readonly do: 'open'; readonly kind: Kind; readonly disbursedOn: LocalDate }
  | {
      readonly do: 'pay';
      readonly label: PaymentLabel;
      readonly body: Readonly<Record<string, unknown>>;
      readonly isBackdated: boolean;
      /** Sent so many times at once with one key. */
      readonly copies: number;
      /** Whether the answer is asked for only once billing has applied it. */
      readonly waits: boolean;
    }
  /** Takes back one of the payments accepted by then, chosen by a number that is large enough. */
  | { readonly do: 'reverse'; readonly choice: number; readonly copies: number };

/** Pays a loan out of the customer's credit, or has credit paid out, whether there is any or not. */
export interface Spending {
  readonly do: 'use' | 'refund';
  readonly body: Readonly<Record<string, unknown>>;
  readonly copies: number;
  readonly waits: boolean;
}

const OLDEST_DAYS = 200;
const YOUNGEST_DAYS = 12;
/** Beyond the youngest loans, so that a few payments are dated before their loan. */
const BACKDATED_DAYS_MAX = 24;
const CHOICE_MAX = 1_000_000;

export function planLoan(random: Random, kind: Kind, today: LocalDate): Extract<Operation, { do: 'open' }> {
  return { do: 'open', kind, disbursedOn: addDays(today, -random.int(YOUNGEST_DAYS, OLDEST_DAYS)) };
}

/** What a customer does next, whatever became of what it did before: only its loans have to be known. */
export function planOperation(random: Random, loans: readonly [OpenLoan, ...OpenLoan[]], today: LocalDate): Operation {
  const copies = random.chance(12) ? 2 : 1;
  if (random.chance(17)) return { do: 'reverse', choice: random.int(0, CHOICE_MAX), copies };
  if (random.chance(8)) return planLoan(random, random.pick(loans).kind, today);
  const loan = random.pick(loans);
  const { label, amount } = planAmount(random, loan.kind);
  const isBackdated = random.chance(35);
  const daysBack = isBackdated ? random.int(1, BACKDATED_DAYS_MAX) : 0;
  const money = { amount, currency: loan.kind.currency };
  const named = random.chance(25) ? { allocations: [{ loan_id: loan.id, amount }] } : {};
  const dated = isBackdated ? { value_date: addDays(today, -daysBack) } : {};
  return {
    do: 'pay',
    label,
    body: { amount: money, ...dated, ...named },
    isBackdated,
    copies,
    waits: random.chance(40),
  };
}

/** A use, often for the newest loan, which most likely owes something, or a refund of an instalment's worth or two. */
export function planSpending(random: Random, loans: readonly [OpenLoan, ...OpenLoan[]]): Spending {
  const copies = random.chance(12) ? 2 : 1;
  const waits = random.chance(40);
  const { id, kind } = random.chance(50) ? (loans.at(-1) ?? loans[0]) : random.pick(loans);
  const amount = { amount: `${kind.instalment * random.int(1, 2)}.00`, currency: kind.currency };
  if (random.chance(75)) return { do: 'use', body: { loan_id: id, amount }, copies, waits };
  const method = random.chance(40) ? { method: REFUSING_PROVIDER } : {};
  return { do: 'refund', body: { amount, ...method }, copies, waits };
}

function planAmount(random: Random, { instalment, beyond, isExact }: Kind): { label: PaymentLabel; amount: string } {
  const cents = String(random.int(0, 99)).padStart(2, '0');
  const roll = random.int(1, 100);
  if (roll <= 14) return { label: 'overpayment', amount: `${beyond + random.int(0, instalment)}.${cents}` };
  if (isExact && roll <= 26) return { label: 'inexact', amount: `${random.int(1, instalment - 1)}.${cents}` };
  if (isExact || roll <= 34)
    return { label: 'whole instalments', amount: `${instalment * random.int(1, isExact ? 8 : 2)}.00` };
  return { label: 'any amount', amount: `${random.int(1, instalment * 2)}.${cents}` };
}
