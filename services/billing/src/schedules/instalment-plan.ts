import type { InterestMethod, Terms } from '../products/terms.ts';
import { planAnnuity } from './annuity.ts';
import { planBalloon } from './balloon.ts';
import { planBullet } from './bullet.ts';
import { planEqualPrincipal } from './equal-principal.ts';
import { planFixedInstalment } from './fixed-instalment.ts';
import { planFlat, planWithoutInterest } from './flat.ts';
import type { InterestPeriods } from './interest-periods.ts';
import type { PlanInput, PlannedParts, Planner } from './plan.ts';

/** How each interest method plans. */
const planners: Readonly<Record<InterestMethod, Planner>> = {
  flat: planFlat,
  annuity: planAnnuity,
  equal_principal: planEqualPrincipal,
  bullet: planBullet,
  balloon: planBalloon,
  fixed_instalment: planFixedInstalment,
  none: planWithoutInterest,
};

/**
 * Principal and interest of each period's instalment. Where money is added later, the instalments before it stay as
 * they were planned without it, and the method plans the rest anew.
 */
export function planInstalments(
  { periods, denominator }: InterestPeriods,
  given: Pick<PlanInput, 'terms' | 'currency' | 'multiple' | 'instalment'>,
): PlannedParts[] {
  const { terms } = given;
  const planner = planners[terms.interestMethod];
  let plan: PlannedParts[] = [];
  for (const [start, { added }] of periods.entries()) {
    if (start > 0 && added === 0n) continue;
    const kept = plan.slice(0, start);
    const earlier = periods.slice(0, start).map((period, index) => ({ ...period, ...partsAt(kept, index) }));
    const rest = planner({
      ...given,
      denominator,
      periods: periods.slice(start).map((period, index) => (index === 0 ? period : { ...period, ...NOTHING_ADDED })),
      opening: earlier.reduce((sum, period) => sum + period.added - period.principal, 0n),
      principalGrace: Math.max(terms.principalGrace - start, 0),
      earlier,
    });
    plan = [...kept, ...rest];
  }
  return withInterestGrace(plan, terms);
}

const NOTHING_ADDED = { added: 0n, addedInterest: 0n };

function partsAt(plan: readonly PlannedParts[], index: number): PlannedParts {
  const parts = plan[index];
  if (parts === undefined) throw new Error('a plan has fewer instalments than periods');
  return parts;
}

/** The first instalments ask for no interest; carried, the first one after them asks for theirs on top of its own. */
function withInterestGrace(plan: PlannedParts[], { interestGrace, interestGraceTreatment }: Terms): PlannedParts[] {
  if (interestGrace === 0) return plan;
  const postponed = plan.slice(0, interestGrace).reduce((sum, { interest }) => sum + interest, 0n);
  const carried = interestGraceTreatment === 'carried' ? postponed : 0n;
  return plan.map(({ principal, interest }, index) => {
    if (index < interestGrace) return { principal, interest: 0n };
    return { principal, interest: index === interestGrace ? interest + carried : interest };
  });
}
