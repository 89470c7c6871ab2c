import { createLogger } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import { startPayment } from '../../src/app.ts';
import type { PaymentConfig } from '../../src/config.ts';
import { openPaymentDatabase } from '../../src/database.ts';
import { startCallWatch } from '../../src/gateway/call-watch.commands.ts';
import { apiKey, webhookSecrets } from './provider.ts';
import { startWithSimulator, type WithSimulator } from './with-simulator.ts';

let system: WithSimulator;
let payment: WithSimulator['payment'];
let configured: PaymentConfig;
beforeAll(async () => {
  system = await startWithSimulator('removed_provider', { GATEWAY_PROVIDERS: '{}' });
  ({ payment } = system);
  const mockpay = { url: system.simulator.url, api_key: apiKey, webhook_secrets: [...webhookSecrets] };
  configured = { ...payment.config, GATEWAY_PROVIDERS: { mockpay } };
});
afterAll(() => system.stop());

const PATIENCE = { timeoutMs: 20_000 };
const money = { amount: '40.00', currency: 'IDR' };
const refundOf = async (customerId: string) => (await payment.get(`/v1/customers/${customerId}/refunds`)).body.data[0];

/** A refund that was asked for while its provider was configured, and authorised when it was not any more. */
async function authorisedTooLate(): Promise<string> {
  const { customerId } = await payment.customerWithLoan();
  const before = await startPayment(configured);
  const asked = { amount: money, method: 'mockpay' };
  const { status, body } = await payment.clientOf(before.app).post(`/v1/customers/${customerId}/refunds`, asked);
  await before.stop();
  expect([status, body.status]).toEqual([201, 'requested']);
  await payment.send([payment.billing.authoriseRefund(customerId, body.id, money)]);
  await eventually(async () => expect((await refundOf(customerId))?.status).toBe('authorised'), PATIENCE);
  return customerId;
}

/** The lines that a watch writes which looks at least so many times. */
async function watched(looks: number, providers: readonly string[]): Promise<{ level: string; code?: string }[]> {
  const lines: { level: string; code?: string }[] = [];
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) };
  const logger = createLogger({ service: 'watch', level: 'info', destination });
  const database = await openPaymentDatabase(payment.config);
  const done = Promise.withResolvers<void>();
  let looked = 0;
  const pause = async () => {
    looked += 1;
    if (looked >= looks) done.resolve();
  };
  const watch = startCallWatch({ database, logger, providers, gauges: { show: () => {} }, pause });
  await done.promise;
  await watch.stop();
  await database.close();
  return lines;
}

test('a refund authorised for a provider that was removed is seen, and paid out when the provider is back', async () => {
  const customerId = await authorisedTooLate();
  const open = /gateway_calls_open\{provider="mockpay",kind="payout",state="not_configured",.*\} 1\n/;
  await eventually(async () => expect((await payment.service.app.inject('/metrics')).body).toMatch(open), PATIENCE);
  expect(await watched(3, [])).toMatchObject([
    { level: 'warn', code: 'provider_not_configured', provider: 'mockpay', calls: 1 },
  ]);
  expect(await watched(3, ['mockpay'])).toEqual([]);
  expect(system.simulator.operations()).toEqual([]);

  const back = await startPayment(configured);
  try {
    system.deliverTo(back.url);
    await eventually(async () => expect((await refundOf(customerId))?.status).toBe('paid_out'), PATIENCE);
    expect(system.simulator.operations()).toHaveLength(1);
  } finally {
    await back.stop();
  }
  await eventually(async () => expect((await payment.service.app.inject('/metrics')).body).not.toMatch(open), PATIENCE);
}, 60_000);
