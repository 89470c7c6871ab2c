import { type Simulator, startSimulator } from '@tenor/payment-gateway-simulator';
import { type PaymentTest, startPaymentTest } from '../payment-service.ts';
import { apiKey, providerAt, webhookSecrets } from './provider.ts';

export interface WithSimulator {
  readonly payment: PaymentTest;
  readonly simulator: Simulator;
  /** Sends the webhooks from now on to this instance of the service. */
  deliverTo(instanceUrl: string): void;
  stop(): Promise<void>;
}

/** A payment service and the simulated provider that it charges and pays out by, which sends its webhooks back. */
export async function startWithSimulator(
  name: string,
  environment: Record<string, string> = {},
): Promise<WithSimulator> {
  let serviceUrl = '';
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    apiKey,
    webhookSecret: webhookSecrets[1],
    webhookUrl: () => `${serviceUrl}/v1/gateway/mockpay/webhooks`,
  });
  const payment = await startPaymentTest(name, { ...providerAt(simulator.url), ...environment });
  serviceUrl = payment.service.url;
  return {
    payment,
    simulator,
    deliverTo(instanceUrl) {
      serviceUrl = instanceUrl;
    },
    async stop() {
      await payment.stop();
      await simulator.stop();
    },
  };
}
