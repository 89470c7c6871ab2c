import { type AppliedPayment, type Credit, type SettledPayment, sum } from './reconciliation.ts';
import type { Pair } from './stretch.ts';

/** How many payments, and their minor units. */
export interface Sum {
  readonly count: number;
  readonly amount: bigint;
}

/** What settled and what of it was taken back, in one currency. */
export interface Standing {
  readonly currency: string;
  readonly settled: Sum;
  readonly reversed: Sum;
}

export interface Totals {
  readonly payment: readonly Standing[];
  readonly billing: readonly Standing[];
}

/** Both books of these payments, summed by currency, in the order of the codes. */
export function totalsOf(pairs: readonly Pick<Pair<SettledPayment, AppliedPayment>, 'ours' | 'theirs'>[]): Totals {
  return {
    payment: standings(pairs.flatMap(({ ours }) => (ours === undefined ? [] : movesOfPayment(ours)))),
    billing: standings(pairs.flatMap(({ theirs }) => (theirs === undefined ? [] : movesOfBilling(theirs)))),
  };
}

interface Move {
  readonly currency: string;
  readonly kind: Credit['kind'];
  readonly amount: bigint;
}

function movesOfPayment({ currency, amount, isReversed }: SettledPayment): Move[] {
  const settled: Move = { currency, kind: 'payment', amount };
  return isReversed ? [settled, { ...settled, kind: 'reversal' }] : [settled];
}

function movesOfBilling({ credits }: AppliedPayment): Move[] {
  const groups = Map.groupBy(credits, ({ currency, kind }) => `${currency} ${kind}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ currency: first.currency, kind: first.kind, amount: sum(group) }];
  });
}

function standings(moves: readonly Move[]): Standing[] {
  const currencies = Map.groupBy(moves, ({ currency }) => currency);
  return [...currencies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, all]) => ({ currency, settled: sumOf(all, 'payment'), reversed: sumOf(all, 'reversal') }));
}

function sumOf(moves: readonly Move[], kind: Move['kind']): Sum {
  const own = moves.filter((move) => move.kind === kind);
  return { count: own.length, amount: own.reduce((total, { amount }) => total + amount, 0n) };
}
