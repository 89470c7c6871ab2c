import {
  askedOf,
  components,
  isPlannedAs,
  type LoanInstalment,
  NO_ADDITIONS,
  unpaidInstalment,
} from '../delinquency/instalment.ts';
import type { Parts } from '../schedules/schedule.ts';
import { type Stage, touchedBy } from './trace.ts';

/** What a line changes of an instalment's component: what is asked, or what of that is given up or paid. */
export const effects = ['planned', 'charged', 'grown', 'given_up', 'paid'] as const;
export type ExplainedEffect = (typeof effects)[number];

/** One component of one instalment as a step of the fold made it another. */
export interface Difference {
  /** Of the instalment among those that the step touched, from 0. */
  readonly position: number;
  readonly instalment: LoanInstalment;
  /** As it was; of an instalment that this step planned, bare of all but that plan. */
  readonly previous: LoanInstalment;
  /** Whether this step planned the instalment. */
  readonly isNew: boolean;
  readonly component: keyof Parts;
  readonly effect: ExplainedEffect;
  /** What the component owes more by it; minor units. */
  readonly amount: bigint;
}

/** What a step of the fold did to an instalment that it touched. */
export interface Change {
  readonly number: number;
  readonly isNew: boolean;
  readonly differences: readonly Difference[];
}

/** Of each instalment owed after the step that is not as it was, in their order; none is owed before the money is paid out. */
export function changesOf(stage: Stage): Change[] {
  const { had, has } = touchedBy(stage);
  const byNumber = new Map(had.map((instalment) => [instalment.number, instalment]));
  return has.map((instalment, position): Change => {
    const { number } = instalment;
    const old = byNumber.get(number);
    const isNew = old === undefined || !isPlannedAs(instalment, old);
    const place = { position, instalment, previous: isNew ? unpaidInstalment(instalment) : old, isNew };
    return { number, isNew, differences: [...(isNew ? planned(place) : []), ...changed(place)] };
  });
}

type Place = Pick<Difference, 'position' | 'instalment' | 'previous' | 'isNew'>;

function planned(place: Place): Difference[] {
  return (['principal', 'interest', 'fee'] as const).flatMap((component) => {
    const amount = place.instalment[component];
    return amount === 0n ? [] : [{ ...place, component, effect: 'planned' as const, amount }];
  });
}

function changed(place: Place): Difference[] {
  return components.flatMap((component) =>
    effects.flatMap((effect) => {
      const amount = worth(place.instalment, effect, component) - worth(place.previous, effect, component);
      return amount === 0n ? [] : [{ ...place, component, effect, amount }];
    }),
  );
}

/** What an effect adds to what a component owes; of two instalments with one plan, the plan adds the same. */
export function worth(instalment: LoanInstalment, effect: ExplainedEffect, component: keyof Parts): bigint {
  const { charged, grown } = instalment.additions ?? NO_ADDITIONS;
  switch (effect) {
    case 'planned':
      return 0n;
    case 'charged':
      return charged[component];
    case 'grown':
      return grown[component];
    case 'given_up': {
      const planned = component === 'penalty' ? 0n : instalment[component];
      return askedOf(instalment, component) - planned - charged[component] - grown[component];
    }
    case 'paid':
      return -instalment.paid[component];
    default:
      return effect satisfies never;
  }
}
