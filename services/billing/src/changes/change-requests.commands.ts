import { date, type LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { isRefusal, newId, validationFailed } from '@tenor/service-kit';
import { invalid, readMoney } from '../customers/money-input.ts';
import { fold, type LoanState } from '../loans/loan.ts';
import type { LoanEvent } from '../loans/loan-event.ts';
import type { LoanChange } from '../loans/replan.ts';
import type { Terms } from '../products/terms.ts';
import type { DecideChange, Journal } from './changes.commands.ts';
import type {
  ChargeBody,
  HolidayBody,
  PauseBody,
  PrepayBody,
  RateChangeBody,
  ReAgeBody,
  RecoveryBody,
  RestructureBody,
  ResumptionBody,
  WaiverBody,
  WriteOffBody,
} from './changes.schemas.ts';
import { agreedFee, decideCharge, decideWaiver } from './charge.ts';
import { decidePause, decideResume } from './pause.ts';
import { decidePrepay } from './prepay.ts';
import { decideRestructure } from './restructure.ts';
import { decideRecovery, decideWriteOff, isKnownRecovery } from './write-off-decisions.ts';

/** What each route's body asks to be decided, by the route's name; a simulation asks for the same. */
export const changeRequests = {
  charges: charging,
  waivers: waiving,
  'write-off': writingOff,
  recoveries: recovering,
  'rate-changes': (body: RateChangeBody) =>
    restructuring({ kind: 'rate_change', annualRatePercent: body.annual_rate_percent }, body),
  restructure: agreeing,
  'payment-holidays': (body: HolidayBody) =>
    restructuring({ kind: 'payment_holiday', instalments: body.instalments }, body),
  prepay: ({ payment_id: lotId, strategy }: PrepayBody): DecideChange => {
    return async (state, _today, journal) =>
      decidePrepay(state, await journal(), { lotId, strategy: strategy ?? state.policy.settlement.payoff });
  },
  're-age': (body: ReAgeBody) =>
    restructuring(
      {
        kind: 're_age',
        numberOfInstalments: body.number_of_instalments,
        firstDueDate: onDay(body.first_due_date),
      },
      body,
    ),
  'delinquency-pauses': pausing,
  'delinquency-pauses/resume': ({ value_date: on }: ResumptionBody): DecideChange => {
    return (state, today) => decideResume(state, { ...today, valueDate: onDay(on) });
  },
};

/** The loan as it stood at the end of that day; as it stands where nothing is dated later, or nothing earlier. */
async function standingOn(state: LoanState, day: LocalDate, journal: Journal): Promise<LoanState> {
  if (state.lastKey === null || state.lastKey.valueDate <= day) return state;
  return fold(await journal(), { asOf: day })?.state ?? state;
}

function pausing({ value_date: on, until, reason }: PauseBody): DecideChange {
  const pause = { until: onDay(until), reason: reason ?? null };
  return (state, today) => {
    const from = onDay(on) ?? today.businessDate;
    if (pause.until !== null && pause.until < from) {
      return validationFailed([{ pointer: '/until', code: 'minimum', message: `must be ${from} or later` }]);
    }
    return decidePause(state, pause, { ...today, valueDate: from });
  };
}

/** The day that a request names; null: the business date. */
export const onDay = (text: string | undefined) => (text === undefined ? null : date(text));

function charging({ amount, value_date: on, component, code }: ChargeBody): DecideChange | Refusal {
  const given = amount === undefined ? undefined : readMoney(amount, '/amount');
  if (given !== undefined && isRefusal(given)) return given;
  return (state, today) => {
    const money = given ?? (component === 'fee' ? agreedFee(state, code) : undefined);
    if (money === undefined) {
      return invalid(
        '/amount',
        'required',
        `is required, since the terms have no fee ${code} that is charged on an event`,
      );
    }
    const charge = { chargeId: newId(), component, code, amount: money };
    return decideCharge(state, charge, { ...today, valueDate: onDay(on) });
  };
}

function waiving({ amount, value_date: on, component, instalment, reason }: WaiverBody): DecideChange | Refusal {
  const money = amount === undefined ? null : readMoney(amount, '/amount');
  if (money !== null && isRefusal(money)) return money;
  const waiver = {
    waiverId: newId(),
    component,
    instalment: instalment ?? null,
    amount: money,
    reason: reason ?? null,
  };
  return async (state, today, journal) => {
    const valueDate = onDay(on) ?? today.businessDate;
    return decideWaiver(state, waiver, { ...today, valueDate }, await standingOn(state, valueDate, journal));
  };
}

function writingOff({ value_date: on, reason }: WriteOffBody): DecideChange {
  return (state, today) => decideWriteOff(state, reason ?? null, { ...today, valueDate: onDay(on) });
}

function recovering({ amount, external_id: externalId, value_date: on }: RecoveryBody): DecideChange | Refusal {
  const money = readMoney(amount, '/amount');
  if (isRefusal(money)) return money;
  const recovery = { recoveryId: newId(), externalRef: externalId ?? null, amount: money };
  return async (state, today, journal) =>
    externalId !== undefined && isKnownRecovery(await journal(), externalId)
      ? { refused: 'already_exists', detail: 'A recovery with this external_id exists already.' }
      : decideRecovery(state, recovery, { ...today, valueDate: onDay(on) });
}

function restructuring(change: LoanChange, { value_date: on, reason }: WriteOffBody): DecideChange {
  const payload = { restructureId: newId(), change, reason: reason ?? null };
  return async (state, today, journal) => {
    const agreed = state.policy.rateBounds === null ? state.terms : agreedTerms(await journal());
    return decideRestructure(state, payload, { ...today, valueDate: onDay(on) }, agreed);
  };
}

function agreedTerms([opened]: readonly LoanEvent[]): Terms {
  if (opened?.type !== 'opened') throw new Error('a journal begins with the opening of its loan');
  return opened.payload.terms;
}

function agreeing(body: RestructureBody): DecideChange | Refusal {
  const { annual_rate_percent: rate, number_of_instalments: count, first_due_date: first } = body;
  if (rate === undefined && count === undefined && first === undefined) {
    const message = 'must have annual_rate_percent, number_of_instalments or first_due_date';
    return validationFailed([{ pointer: '', code: 'required', message }]);
  }
  const change = { annualRatePercent: rate ?? null, numberOfInstalments: count ?? null, firstDueDate: onDay(first) };
  return restructuring({ kind: 'restructure', ...change }, body);
}
