import type { Refusal } from '@tenor/contracts';
import { type CommandContext, type Database, isRefusal, rehearse } from '@tenor/service-kit';
import { loanSteps } from '../loans/loan-steps.commands.ts';
import type { LoanView } from '../loans/loan-views.store.ts';
import { advanceLoan, type Done, type LoanService, type LoanStep } from '../loans/loans.commands.ts';
import { aged } from '../penalties/passing-days.ts';
import { changeRequests } from './change-requests.commands.ts';
import { changeLoan, type DecideChange } from './changes.commands.ts';
import type { SimulationBody } from './changes.schemas.ts';
import { topUpLoan } from './top-ups.commands.ts';

/**
 * The loan as a command would leave it, and of a top-up the old loan too: the command runs as it would, and all of it is
 * taken back. Refuses what the command refuses.
 */
export async function simulate(
  database: Database,
  context: CommandContext,
  service: LoanService,
  loanId: string,
  simulation: SimulationBody,
): Promise<readonly LoanView[] | Refusal> {
  const done = await rehearse(database, context, async (uow): Promise<Done | Refusal> => {
    if (simulation.command === 'top-up') return topUpLoan(uow, service, loanId, simulation.body);
    const asked = requested(simulation);
    if (isRefusal(asked)) return asked;
    return 'step' in asked ? advanceLoan(uow, service, loanId, asked) : changeLoan(uow, service, loanId, asked);
  });
  if (isRefusal(done)) return done;
  const { known_at: knownAt, as_of: asOf } = done.reference;
  return done.states.map((state) => ({ state: aged(state, asOf), asOf, knownAt }));
}

function requested({
  command,
  body,
}: Exclude<SimulationBody, { command: 'top-up' }>): LoanStep | DecideChange | Refusal {
  // Each command goes with its own body, which TypeScript cannot follow through a union of keys.
  const requests = { ...loanSteps, ...changeRequests };
  return (requests[command] as (given: typeof body) => LoanStep | DecideChange | Refusal)(body);
}
