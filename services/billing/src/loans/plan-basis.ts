import type { LocalDate } from '@tenor/calendar';
import { max, min } from '@tenor/money';
import { type LoanInstalment, remainderOf } from '../delinquency/instalment.ts';
import { payableStep } from '../products/stated-amount.ts';
import { interestMethods, type Terms } from '../products/terms.ts';
import type { Disbursement } from '../schedules/schedule.ts';
import { withRateFrom } from '../schedules/yearly-rate.ts';
import type { LoanState } from './loan.ts';
import type { PlanFrame } from './loan-schedule.ts';
import { paidAhead } from './plan-takeover.ts';
import type { PlanInForce, Replan } from './replan.ts';

/** The principal that a plan repays, and what of it was paid back before it was due. */
export type PlanBasis = Pick<PlanInForce, 'disbursements' | 'repayments'>;

/** Amounts in minor units; `at` is the index of the first instalment that is replaced. */
interface Movement {
  readonly at: number;
  readonly replaced: readonly LoanInstalment[];
  readonly on: LocalDate;
  readonly added: bigint;
  readonly prepaid: bigint;
}

/**
 * What the new plan is over: the principal not due, paid in advance or not, from the end of the last period on, and
 * what joined it or was paid back since, each on its day.
 */
export function newBasis(frame: PlanFrame, { at, replaced, on, added, prepaid }: Movement): PlanBasis {
  const from = beginningAfter(frame, at);
  const planned = replaced.map((each) => remainderOf(each, 'principal') + paidAhead(each));
  const owed = planned.reduce((sum, amount) => sum + amount, 0n) - prepaid;
  const day = on < from ? from : on;
  const joined = frame.disbursements.slice(1).filter((each) => each.on > from);
  const earlier = frame.repayments.filter((each) => each.on >= from);
  const repayments = prepaid === 0n ? earlier : [...earlier, { on: day, amount: prepaid }];
  const opening = owed + sumOf(repayments) - sumOf(joined);
  // Where more was paid in advance than there was at the start, no day of it is known to bear interest.
  if (opening < 0n)
    return {
      disbursements: stated([
        { on: from, amount: owed },
        { on: day, amount: added },
      ]),
      repayments: [],
    };
  const start = { on: from, amount: day === from ? opening + added : opening };
  const news = { on: day, amount: day === from ? 0n : added };
  return { disbursements: stated([start, ...joined, news]), repayments };
}

/** When the period after so many of the plan begins. */
export function beginningAfter({ start, dates }: PlanFrame, count: number): LocalDate {
  return count === 0 ? start : (dates.nominal[count - 1] ?? start);
}

/** What the instalments of the plan have to repay, in minor units. */
export const principalOfBasis = ({ disbursements, repayments }: PlanBasis): bigint =>
  sumOf(disbursements) - sumOf(repayments);

const sumOf = (amounts: readonly Disbursement[]): bigint => amounts.reduce((sum, { amount }) => sum + amount, 0n);
const stated = (amounts: readonly Disbursement[]): Disbursement[] => amounts.filter(({ amount }) => amount > 0n);

/** What the rest is planned by; `principal` is what it has to repay, in minor units. */
interface Rest {
  readonly at: number;
  readonly on: LocalDate;
  readonly asked: Replan;
  readonly principal: bigint;
}

/** Of a balloon whose last instalment alone is left: it repays all principal, agreed before or not. */
const ALL_THAT_IS_LEFT = { interestMethod: 'equal_principal', balloonAmount: null } as const;

export function newTerms(loan: LoanState, frame: PlanFrame, { at, on, asked, principal }: Rest): Terms {
  const { terms } = loan;
  const rated = asked.annualRatePercent === null ? terms : withRateFrom(terms, on, asked.annualRatePercent);
  const { holiday } = asked;
  const left = (asked.count ?? frame.instalments.length - at) + holiday;
  const count = asked.prepaid === 0n ? left : fewEnough(left, principal, payableStep(terms, loan.currency));
  // A number of instalments that somebody asks for is refused if it leaves no room for the grace.
  const longest = asked.prepaid === 0n ? left : count - 1;
  const graceLeft = (grace: 'principalGrace' | 'interestGrace') =>
    owns(terms, grace) ? Math.max(Math.min(terms[grace] - at, longest), 0) + holiday : 0;
  const interestGrace = graceLeft('interestGrace');
  const treatment = holiday > 0 ? 'carried' : terms.interestGraceTreatment;
  const isLast = left - holiday === 1 && frame.instalments.length - at === 1;
  return {
    ...rated,
    ...(isLast && terms.interestMethod === 'balloon' && ALL_THAT_IS_LEFT),
    numberOfInstalments: count,
    firstDueDate: asked.firstDueDate ?? frame.dates.nominal[at] ?? null,
    principalGrace: graceLeft('principalGrace'),
    interestGrace,
    interestGraceTreatment: interestGrace > 0 ? treatment : 'waived',
  };
}

/** So few instalments that each has something to repay; one at least. */
function fewEnough(count: number, principal: bigint, step: bigint): number {
  return Number(max(min(BigInt(count), principal / step), 1n));
}

/** Whether instalments of the interest method can be told to ask for none of it. */
export function owns({ interestMethod }: Terms, grace: 'principalGrace' | 'interestGrace'): boolean {
  return (interestMethods[interestMethod].own as readonly string[]).includes(grace);
}
