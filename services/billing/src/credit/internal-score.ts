import { min } from '@tenor/money';

/** The model that scores; what it gives for the same history never changes under this name (docs/credit.md). */
export const SCORE_MODEL = 'v1';

/** What a customer has shown so far, on one day. */
export interface CreditHistory {
  /** Loans that were paid out, current ones among them. */
  readonly pastLoans: number;
  /** Of them, those that were paid out in the calendar year of the day. */
  readonly loansThisYear: number;
  /** What they lent, in minor units. */
  readonly volume: bigint;
  /** Instalments whose time has passed. */
  readonly instalmentsDue: number;
  /** Of them, those that were paid in time. */
  readonly instalmentsOnTime: number;
  /** Instalments paid on time beyond those that are due, as loans that were taken over may bring them. */
  readonly surplusOnTime: number;
}

/** What a history is measured against, in minor units. */
export interface ScoreScale {
  /** Null: no limit is set. */
  readonly limit: bigint | null;
  /** Unpaid principal of current loans. */
  readonly currentPrincipal: bigint;
}

export type ScoreComponentName = 'on_time' | 'past_loans' | 'current_year' | 'volume' | 'within_limit' | 'no_history';

export interface ScoreComponent {
  readonly name: ScoreComponentName;
  readonly points: number;
  readonly maxPoints: number;
}

export interface Score {
  readonly model: typeof SCORE_MODEL;
  /** From 0 to 100. */
  readonly value: number;
  /** Their points sum to the value, unless the current loans are above the limit: it is then 0. */
  readonly components: readonly ScoreComponent[];
}

/** The most that each component gives; together 100. */
export const SCORE_WEIGHTS = { on_time: 60, past_loans: 15, current_year: 5, volume: 15, within_limit: 5 } as const;
/** Neither good nor bad. */
export const NO_HISTORY_SCORE = 50;
/** From so many loans on, more of them say nothing new. */
export const PAST_LOANS_FULL = 5;

/** Whether what the customer still owes of current loans is above the limit. */
export function isAboveLimit({ limit, currentPrincipal }: ScoreScale): boolean {
  return limit !== null && currentPrincipal > limit;
}

/**
 * The score of a history by docs/credit.md. All arithmetic is of whole numbers, each component is rounded down once.
 * Past loans and volume count by the share that was paid on time, so that whoever never paid in time scores 10 at most.
 */
export function internalScore(history: CreditHistory, scale: ScoreScale): Score {
  const components = history.pastLoans === 0 ? [noHistory] : componentsOf(history, scale);
  const sum = components.reduce((total, { points }) => total + points, 0);
  return { model: SCORE_MODEL, value: isAboveLimit(scale) ? 0 : sum, components };
}

const noHistory: ScoreComponent = { name: 'no_history', points: NO_HISTORY_SCORE, maxPoints: NO_HISTORY_SCORE };

/** A part of one. */
interface Share {
  readonly of: bigint;
  readonly in: bigint;
}

const HALF: Share = { of: 1n, in: 2n };
const WHOLE: Share = { of: 1n, in: 1n };

function componentsOf(history: CreditHistory, scale: ScoreScale): ScoreComponent[] {
  const onTime = onTimeShare(history);
  const count = { of: BigInt(Math.min(history.pastLoans, PAST_LOANS_FULL)), in: BigInt(PAST_LOANS_FULL) };
  return [
    component('on_time', onTime),
    component('past_loans', count, onTime),
    {
      name: 'current_year',
      points: Math.max(SCORE_WEIGHTS.current_year - history.loansThisYear, 0),
      maxPoints: SCORE_WEIGHTS.current_year,
    },
    component('volume', volumeShare(history.volume, scale.limit), onTime),
    component('within_limit', isAboveLimit(scale) ? { of: 0n, in: 1n } : WHOLE),
  ];
}

/** Half, where nothing was due yet. */
function onTimeShare({ instalmentsDue, instalmentsOnTime, surplusOnTime }: CreditHistory): Share {
  const due = instalmentsDue + surplusOnTime;
  return due === 0 ? HALF : { of: BigInt(instalmentsOnTime + surplusOnTime), in: BigInt(due) };
}

/** What was lent so far as a part of the limit; half where there is none to compare with. */
function volumeShare(volume: bigint, limit: bigint | null): Share {
  return limit === null || limit === 0n ? HALF : { of: min(volume, limit), in: limit };
}

function component(name: keyof typeof SCORE_WEIGHTS, share: Share, quality: Share = WHOLE): ScoreComponent {
  const maxPoints = SCORE_WEIGHTS[name];
  const points = Number((BigInt(maxPoints) * share.of * quality.of) / (share.in * quality.in));
  return { name, points, maxPoints };
}
