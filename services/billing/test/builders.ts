import { addDays, type ClosedDays, date, type LocalDate } from '@tenor/calendar';
import { formatAmount, parseAmount } from '@tenor/money';
import { type Folded, fold, type LoanInstalment, type LoanState } from '../src/loans/loan.ts';
import type { DraftEvent, LoanEvent, LoanEventOf, LoanEventPayloads } from '../src/loans/loan-event.ts';
import type { PayoffStrategy } from '../src/loans/payoff.ts';
import type { Product, ProductPolicy, Terms } from '../src/products/product.ts';
import { shippedProducts } from '../src/products/shipped-products.ts';
import { defaultTerms } from '../src/products/terms.ts';

/** Loans and their events as tests state them: amounts as decimal text, days as text. */

export const CUSTOMER = '01930000-0000-7000-8000-00000000000c';

export const weeklyTerms: Terms = {
  ...defaultTerms,
  interestMethod: 'flat',
  flatRatePercent: '10',
  frequency: { every: 1, unit: 'week' },
  numberOfInstalments: 50,
};

/** Without interest, so that amounts are easy to follow. */
export const plainTerms = (numberOfInstalments: number): Terms => ({
  ...weeklyTerms,
  interestMethod: 'none',
  flatRatePercent: null,
  numberOfInstalments,
});

export function shipped(code: string): Product {
  const product = shippedProducts.find((each) => each.code === code);
  if (product === undefined) throw new Error(`There is no product ${code}`);
  return product;
}

export const policyWith = (delinquency: Partial<ProductPolicy['delinquency']> = {}): ProductPolicy => {
  const { policy } = shipped('weekly-flat-50');
  return { ...policy, delinquency: { ...policy.delinquency, ...delinquency } };
};

export const minor = (text: string, currency = 'USD'): bigint => {
  const amount = parseAmount(text, currency);
  if (typeof amount !== 'bigint') throw new Error(`${text} is no amount of ${currency}`);
  return amount;
};

export interface LoanGiven {
  readonly loanId?: string;
  readonly currency?: string;
  readonly principal?: string;
  readonly terms?: Terms;
  readonly policy?: ProductPolicy;
  readonly disbursedOn?: string;
  readonly closedDays?: ClosedDays;
}

let recorded = 0;

/** Any draft as a recorded event, each a microsecond after the one before. */
export function record<Draft extends DraftEvent>(draft: Draft, given: { id?: string; recordedAt?: string } = {}) {
  recorded += 1;
  const micros = String(recorded).padStart(6, '0');
  const id = given.id ?? `event-${micros}`;
  return {
    ...draft,
    id,
    seq: recorded,
    recordedAt: given.recordedAt ?? `2026-11-21T08:00:00.${micros}Z`,
    actor: 'test',
  };
}

export function opened(given: LoanGiven = {}): LoanEventOf<'opened'> {
  const on = date(given.disbursedOn ?? '2026-11-01');
  const payload = {
    loanId: given.loanId ?? 'loan-1',
    customerId: CUSTOMER,
    externalId: null,
    product: { code: 'plain', version: 1 },
    currency: given.currency ?? 'USD',
    principal: given.principal ?? '1000.00',
    terms: given.terms ?? plainTerms(1),
    policy: given.policy ?? policyWith(),
    disbursedOn: on,
    ...(given.closedDays !== undefined && { closedDays: given.closedDays }),
  };
  return record({ type: 'opened', valueDate: on, payload });
}

/** Opened, approved and disbursed on one day. */
export function lifecycle(given: LoanGiven = {}): LoanEvent[] {
  const first = opened(given);
  const { valueDate, payload } = first;
  return [
    first,
    record({ type: 'approved', valueDate, payload: {} }),
    record({ type: 'disbursed', valueDate, payload: { amount: payload.principal } }),
  ];
}

export function repaid(
  amount: string,
  on: string,
  given: { paymentId?: string; externalRef?: string | null; recordedAt?: string } = {},
): LoanEventOf<'repaid'> {
  const paymentId = given.paymentId ?? `payment-of-${amount}-on-${on}`;
  const payload = { paymentId, externalRef: given.externalRef ?? null, amount };
  const id = `event-of-${paymentId}`;
  return record({ type: 'repaid', valueDate: date(on), payload }, { id, ...given });
}

export function reversed(payment: LoanEventOf<'repaid'>, recordedAt?: string): LoanEventOf<'repayment_reversed'> {
  const { paymentId } = payment.payload;
  const payload = { paymentId, kind: 'reversal' } as const;
  return record(
    { type: 'repayment_reversed', valueDate: payment.valueDate, payload },
    { id: `reversal-of-${paymentId}`, ...(recordedAt !== undefined && { recordedAt }) },
  );
}

/** All that is owed of the component that day, given up. */
export function waived(component: LoanEventPayloads['waived']['component'], on: string): LoanEventOf<'waived'> {
  const payload = {
    waiverId: `waiver-of-${component}-on-${on}`,
    component,
    instalment: null,
    amount: null,
    reason: null,
  };
  return record({ type: 'waived', valueDate: date(on), payload });
}

/** The payment as one that pays its loan off. */
export function prepaid(payment: LoanEventOf<'repaid'>, strategy: PayoffStrategy | null): LoanEventOf<'prepaid'> {
  const { paymentId: lotId } = payment.payload;
  const { valueDate } = payment;
  return record({ type: 'prepaid', valueDate, payload: { lotId, strategy } }, { id: `payoff-by-${lotId}` });
}

export function folded(events: readonly LoanEvent[], at: Parameters<typeof fold>[1] = {}): Folded {
  const result = fold(events, at);
  if (result === undefined) throw new Error('The loan does not exist at that point');
  return result;
}

export const loanWith = (given: LoanGiven, ...payments: LoanEvent[]): LoanState =>
  folded([...lifecycle(given), ...payments]).state;

/** Weekly instalments of 10.00 from one day on, of which those with a number in `paid` are paid. */
export function weekly(from: string, count: number, paid: readonly number[], parts: Partial<LoanInstalment> = {}) {
  return Array.from({ length: count }, (_, index): LoanInstalment => {
    const number = index + 1;
    const amount = paid.includes(number) ? 1000n : 0n;
    return {
      number,
      dueDate: addDays(date(from) as LocalDate, 7 * number),
      principal: 1000n,
      interest: 0n,
      fee: 0n,
      balanceAfter: BigInt(count - number) * 1000n,
      paid: { principal: amount, interest: 0n, fee: 0n, penalty: 0n },
      additions: null,
      ...parts,
    };
  });
}

/** All orders of a list. */
export function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, at) => permutations(items.toSpliced(at, 1)).map((rest) => [item, ...rest]));
}

export const text = (amount: bigint, currency = 'USD'): string => formatAmount(amount, currency);
