import type { LocalDate } from '@tenor/calendar';
import { min } from '@tenor/money';
import { remainderOf, unpaidAddedTax } from '../delinquency/instalment.ts';
import { lotIdOf } from '../loans/fold-order.ts';
import type { Effect, LoanState } from '../loans/loan.ts';
import type { Lots } from '../loans/loan-effects.ts';
import { minorOf } from '../loans/working-loan.ts';
import { type Difference, worth } from './difference.ts';
import { taxReason } from './growth-reasons.ts';
import { payoffReason } from './payoff-reasons.ts';
import { amountsIn, type Inputs, type Reason } from './reason.ts';

interface Step {
  /** Before the event, with all that had grown by then. */
  readonly loan: LoanState;
  readonly effect: Effect;
  readonly differences: readonly Difference[];
  readonly lots: Lots;
}

/** Why an event made instalments owe more or less. What no rule here knows is told by its amounts before and after. */
export function eventReasons(
  loan: LoanState,
  effect: Effect,
  differences: readonly Difference[],
  lots: Lots,
): (difference: Difference) => Reason {
  const step = { loan, effect, differences, lots };
  return (difference) => {
    const { event } = effect;
    if (difference.isNew) return carried(step, difference);
    switch (event.type) {
      case 'charged':
        return difference.component === event.payload.component
          ? charge(step, difference, event.payload)
          : taxReason(loan, difference);
      case 'waived':
        return difference.component === event.payload.component
          ? waiver(step, difference, event.payload.amount)
          : waivedTax(step, difference);
      case 'written_off':
        return writeOff(step, difference);
      case 'repaid':
      case 'credit_used':
      case 'recovered':
        return payment(step, difference);
      default:
        return carried(step, difference);
    }
  };
}

const inWords = (difference: Difference): string =>
  `${difference.component} of instalment ${difference.instalment.number}`;

function charge({ loan }: Step, difference: Difference, { code, amount }: { code: string; amount: string }): Reason {
  const text = `A ${difference.component} of ${loan.currency} ${amount} for ${code}, asked by instalment ${difference.instalment.number}.`;
  return { rule: 'charge', inputs: { code, amount }, text };
}

function waiver({ loan, differences }: Step, difference: Difference, amount: string | null): Reason {
  const text = amountsIn(loan.currency);
  const earlier = differences.filter(
    ({ position, component }) => component === difference.component && position < difference.position,
  );
  const left = amount === null ? null : minorOf(amount, loan.currency) + sumOf(earlier);
  const owed = remainderOf(difference.previous, difference.component);
  const inputs: Inputs = { owed_before: text(owed), ...(left !== null && { left: text(left) }) };
  return {
    rule: 'waiver',
    inputs,
    text: `Of the ${inWords(difference)}, ${loan.currency} ${text(-difference.amount)} was waived.`,
  };
}

/** The tax on a penalty that was waived, as far as it was not paid. */
function waivedTax({ loan }: Step, difference: Difference): Reason {
  const text = amountsIn(loan.currency);
  const { inputs } = taxReason(loan, difference);
  return {
    rule: 'waiver.tax',
    inputs: { ...inputs, owed_before: text(unpaidAddedTax(difference.previous)) },
    text: `With the penalty of instalment ${difference.instalment.number} its tax of ${loan.currency} ${text(-difference.amount)} was waived.`,
  };
}

function writeOff({ loan }: Step, difference: Difference): Reason {
  const owed = amountsIn(loan.currency)(remainderOf(difference.previous, difference.component));
  const text = `The ${inWords(difference)}, ${loan.currency} ${owed}, was written off.`;
  return { rule: 'write_off', inputs: { owed_before: owed }, text };
}

/** What it paid, what it let the loan off as a payoff, or else what a plan that it made took over. */
function payment(step: Step, difference: Difference): Reason {
  const { loan, effect, lots } = step;
  const taken = isTaken(difference) ? allocation(step, difference) : undefined;
  if (taken !== undefined) return taken;
  const strategy = lots.payoffs.get(lotIdOf(effect.event) ?? '');
  return strategy === undefined
    ? carried(step, difference)
    : payoffReason(loan, effect.event.valueDate, strategy, difference);
}

/** Whether an instalment that stands took something of a payment. */
const isTaken = ({ effect, isNew, amount }: Difference): boolean => effect === 'paid' && !isNew && amount < 0n;

/** A payment gives what is left of it when the component's turn comes, at most what is owed of it; else undefined. */
function allocation(step: Step, difference: Difference): Reason | undefined {
  const { loan, effect, differences, lots } = step;
  const { currency, policy } = loan;
  const { vertical } = policy.allocationOrder;
  const text = amountsIn(currency);
  const received = effect.applied + effect.excess;
  const spent = lots.spent.get(lotIdOf(effect.event) ?? '') ?? 0n;
  const before = turnOf(loan, effect.event.valueDate);
  const turn = before(difference);
  const earlier = differences.filter((other) => isTaken(other) && isEarlier(before(other), turn));
  const left = received - spent + sumOf(earlier);
  const owed = remainderOf(difference.instalment, difference.component) - difference.amount;
  if (min(left, owed) !== -difference.amount) return undefined;
  return {
    rule: vertical ? 'allocation.vertical' : 'allocation.horizontal',
    inputs: {
      received: text(received),
      spent_elsewhere: text(spent),
      left: text(left),
      owed_before: text(owed),
    },
    text: `A payment of ${currency} ${text(received)}, of which ${text(left)} was left, paid ${text(-difference.amount)} of the ${inWords(difference)}.`,
  };
}

/** The place of a component in the order in which a payment of that day is taken. */
function turnOf({ policy: { allocationOrder } }: LoanState, on: LocalDate) {
  const { components, vertical } = allocationOrder;
  return ({ component, position, instalment }: Difference): readonly number[] => {
    const rank = components.indexOf(component);
    return vertical && instalment.dueDate <= on ? [0, rank, position] : [1, position, rank];
  };
}

function isEarlier(one: readonly number[], other: readonly number[]): boolean {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at !== -1 && (one[at] ?? 0) < (other[at] ?? 0);
}

/** What a new plan took over of the instalments that it replaced, and whatever else an event changed. */
function carried({ loan, effect: { event } }: Step, difference: Difference): Reason {
  const text = amountsIn(loan.currency);
  const { previous, instalment, component, effect } = difference;
  const isLess = effect === 'paid' || effect === 'given_up';
  const of = (each: typeof instalment): bigint => (isLess ? -1n : 1n) * worth(each, effect, component);
  const kind = event.type === 'restructured' ? `replan.${event.payload.change.kind}` : `replan.${event.type}`;
  return {
    rule: kind,
    inputs: { before: text(of(previous)), after: text(of(instalment)) },
    text: `By the change of ${event.valueDate}, ${loan.currency} ${text(of(instalment))} counts as ${effect.replaceAll('_', ' ')} of the ${inWords(difference)}, before it ${text(of(previous))}.`,
  };
}

const sumOf = (differences: readonly Difference[]): bigint => differences.reduce((sum, { amount }) => sum + amount, 0n);
