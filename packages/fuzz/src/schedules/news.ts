import { setTimeout as sleep } from 'node:timers/promises';
import type { Operation } from '@tenor/payment-gateway-simulator';
import { SIGNATURE_TOLERANCE_SECONDS, signBody } from '@tenor/service-kit';
import type { CommandOf, Outcome } from './program.ts';
import { operationsOf, pick, type Scene, send } from './scene.ts';

const OPERATION_WITHIN_MS = 300;
const LOOK_INTERVAL_MS = 10;
const LAST_COPIES = 2;
const WRONG_SECRET = 'not the secret that was agreed';

/** Tells what became of one of the provider's operations; waits a little for the first. */
export async function tell(scene: Scene, command: CommandOf<'tell'>): Promise<void> {
  if (!scene.asksProvider) return;
  for (let waited = 0; operationsOf(scene).length === 0 && waited < OPERATION_WITHIN_MS; waited += LOOK_INTERVAL_MS) {
    await sleep(LOOK_INTERVAL_MS);
  }
  const operations = operationsOf(scene);
  if (operations.length === 0) return;
  await sendNews(scene, pick(operations, command.operation), command);
}

/** Tells twice more of every operation, whatever was told of it before: none stays open, and some are contradicted. */
export async function tellLast(scene: Scene, outcomes: readonly Outcome[]): Promise<void> {
  const news = { copies: LAST_COPIES, manner: 'signed' } as const;
  await Promise.all(
    operationsOf(scene).map(async (operation, place) => {
      await sendNews(scene, operation, { ...news, event: 'late', outcome: pick(outcomes, place) });
      await sendNews(scene, operation, { ...news, event: 'later', outcome: pick(outcomes, place + 1) });
    }),
  );
}

type News = Pick<CommandOf<'tell'>, 'outcome' | 'copies' | 'manner'> & { readonly event: number | string };

async function sendNews(
  scene: Scene,
  { kind, reference, amount, currency }: Operation,
  { outcome, event, copies, manner }: News,
): Promise<void> {
  const isOther = manner === 'other amount';
  const json = {
    id: `${reference}-${outcome}-${event}${isOther ? '-other' : ''}`,
    type: `${kind}.${outcome}`,
    data: { reference, amount: isOther ? `1${amount}` : amount, currency, failure_code: failureCodeOf(outcome) },
  };
  const params = { provider: scene.provider.name };
  const sending = { params, json, headers: signatureOf(scene, JSON.stringify(json), manner), ...due(manner, outcome) };
  await Promise.all(
    Array.from({ length: copies }, () => send(scene, 'POST', '/v1/gateway/{provider}/webhooks', sending)),
  );
}

const failureCodeOf = (outcome: Outcome): string | null => (outcome === 'failed' ? 'insufficient_funds' : null);

function due(manner: News['manner'], outcome: Outcome): { readonly onlyStatus?: number } {
  switch (manner) {
    case 'signed':
      return {};
    case 'other amount':
      return outcome === 'succeeded' ? { onlyStatus: 422 } : {};
    case 'forged':
    case 'expired':
    case 'unsigned':
      return { onlyStatus: 401 };
    default:
      return manner satisfies never;
  }
}

function signatureOf({ provider }: Scene, body: string, manner: News['manner']): Readonly<Record<string, string>> {
  if (manner === 'unsigned') return {};
  const age = manner === 'expired' ? 2 * SIGNATURE_TOLERANCE_SECONDS : 0;
  const timestamp = Math.floor(Date.now() / 1000) - age;
  const secret = manner === 'forged' ? WRONG_SECRET : provider.webhookSecret;
  return { 'tenor-signature': `t=${timestamp},v1=${signBody(secret, timestamp, body)}` };
}
