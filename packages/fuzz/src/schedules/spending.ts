import { amountOf, loanKinds } from './loan-kinds.ts';
import type { CommandOf } from './program.ts';
import { externalIdOf, keyOf, pick, type Scene, send } from './scene.ts';

/** Longer than billing takes to decide, unless it is held up. */
const WAIT_S = 1;

/** Pays a loan out of the customer's credit, whether there is any or not; the newest first, which most likely owe. */
export async function use(scene: Scene, command: CommandOf<'use'>): Promise<void> {
  const { id, kind } = pick(scene.loans.toReversed(), command.loan);
  const amount = { amount: amountOf(kind, command), currency: loanKinds[kind].currency };
  await spend(scene, '/v1/customers/{id}/credit-uses', command, { json: { loan_id: id, amount } });
}

/** Asks for credit to be paid out, whether there is any or not. */
export async function refund(scene: Scene, command: CommandOf<'refund'>): Promise<void> {
  const { waits, isByProvider } = command;
  const { kind } = pick(scene.loans, command.loan);
  await spend(scene, '/v1/customers/{id}/refunds', command, {
    headers: waits ? { prefer: `wait=${WAIT_S}` } : {},
    json: {
      amount: { amount: amountOf(kind, command), currency: loanKinds[kind].currency },
      ...(isByProvider ? { method: scene.provider.name } : {}),
      ...externalIdOf(scene, 'refund', command),
    },
  });
}

async function spend(
  scene: Scene,
  template: string,
  command: CommandOf<'use' | 'refund'>,
  request: { readonly json: unknown; readonly headers?: Readonly<Record<string, string>> },
): Promise<void> {
  const sending = { ...request, params: { id: scene.customerId }, key: keyOf(scene, `spend-${command.key}`, command) };
  await Promise.all(Array.from({ length: command.copies }, () => send(scene, 'POST', template, sending)));
}
