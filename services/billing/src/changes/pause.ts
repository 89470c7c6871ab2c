import type { LocalDate } from '@tenor/calendar';
import type { Refusal } from '@tenor/contracts';
import { pauseOn } from '../delinquency/pause.ts';
import type { LoanState } from '../loans/loan.ts';
import type { DraftEvent } from '../loans/loan-event.ts';
import { checkLive, type Effective } from './charge.ts';

export interface PauseRequest {
  /** The last day that does not count; null: until delinquency is resumed. */
  readonly until: LocalDate | null;
  readonly reason: string | null;
}

/**
 * Pauses the delinquency of a live loan from the value date on. Refuses what `checkLive` does, and `state_conflict` for a
 * day that is paused already for as long; a longer pause prolongs the one that there is.
 */
export function decidePause(state: LoanState, { until, reason }: PauseRequest, when: Effective): DraftEvent | Refusal {
  const valueDate = when.valueDate ?? when.businessDate;
  const refusal = checkLive(state, valueDate, when.businessDate);
  if (refusal !== undefined) return refusal;
  const pause = pauseOn(state.pauses, valueDate);
  if (pause !== undefined && (pause.until === null || (until !== null && until <= pause.until))) {
    const end = pause.until === null ? 'until it is resumed' : `through ${pause.until}`;
    const detail = `Delinquency is paused from ${pause.from} ${end}; this needs a day that counts, or a later end.`;
    return { refused: 'state_conflict', detail, meta: { status: state.status, paused: pause, allowed: ['resume'] } };
  }
  return { type: 'delinquency_paused', valueDate, payload: { until, reason } };
}

/** Lets the value date and the days after it count again. Refuses what `checkLive` does, and `state_conflict` outside a pause. */
export function decideResume(state: LoanState, when: Effective): DraftEvent | Refusal {
  const valueDate = when.valueDate ?? when.businessDate;
  const refusal = checkLive(state, valueDate, when.businessDate);
  if (refusal !== undefined) return refusal;
  if (pauseOn(state.pauses, valueDate) === undefined) {
    const detail = `Delinquency is not paused on ${valueDate}; this needs a day of a pause.`;
    return { refused: 'state_conflict', detail, meta: { status: state.status, paused: null, allowed: ['pause'] } };
  }
  return { type: 'delinquency_resumed', valueDate, payload: {} };
}
