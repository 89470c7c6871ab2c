import type { Refusal } from '@tenor/contracts';
import type { LoanState } from '../loans/loan.ts';
import { decideApprove, decideCancel, decideDisburse, decideReject } from '../loans/loan-decisions.ts';
import type { DraftEvent, LoanEvent } from '../loans/loan-event.ts';
import { changeRequests, onDay } from './change-requests.commands.ts';
import type { SimulationBody } from './changes.schemas.ts';
import type { Effective } from './charge.ts';

/** What a simulation decides by, as the command itself: by the loan as it stands, and today in its time zone. */
export type DecideSimulated = (
  state: LoanState,
  today: Pick<Effective, 'businessDate'>,
  journal: () => Promise<readonly LoanEvent[]>,
) => Drafts | Refusal | Promise<Drafts | Refusal>;
type Drafts = DraftEvent | readonly DraftEvent[];

const dated = ({ businessDate }: Pick<Effective, 'businessDate'>, on?: string) => ({
  businessDate,
  valueDate: onDay(on),
});

/** What each command's body asks to be decided: those that change a live loan, and the steps before that. */
const simulatedRequests: {
  readonly [Simulation in SimulationBody as Simulation['command']]: (
    body: Simulation['body'],
  ) => DecideSimulated | Refusal;
} = {
  ...changeRequests,
  approve: () => (state, today) => decideApprove(state, dated(today)),
  reject:
    ({ reason }) =>
    (state, today) =>
      decideReject(state, dated(today), reason ?? null),
  cancel:
    ({ reason }) =>
    (state, today) =>
      decideCancel(state, dated(today), reason ?? null),
  disbursements:
    ({ disbursed_on: on }) =>
    (state, today) =>
      decideDisburse(state, dated(today, on)),
};

export function simulatedRequest({ command, body }: SimulationBody): DecideSimulated | Refusal {
  // The table pairs each command with its own body, which TypeScript cannot follow through a union of keys.
  return (simulatedRequests[command] as (given: typeof body) => DecideSimulated | Refusal)(body);
}
