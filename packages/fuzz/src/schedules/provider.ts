import { randomBytes } from 'node:crypto';
import { type Operation, type Simulation, startSimulator } from '@tenor/payment-gateway-simulator';

/** A provider that charges and pays out what it is asked; its news is told by the schedules, so that they are judged. */
export interface Provider {
  readonly name: string;
  readonly webhookSecret: string;
  /** What the services need to know of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** All that it was made to do, oldest first. */
  operations(): readonly Operation[];
  /** How it answers from now on. */
  answerAs(answer: Simulation['answer']): void;
  stop(): Promise<void>;
}

const NAME = 'mockpay';
const SECRET_BYTES = 24;

const secret = (): string => randomBytes(SECRET_BYTES).toString('hex');

export async function startProvider(): Promise<Provider> {
  const [apiKey, webhookSecret] = [secret(), secret()];
  const simulator = await startSimulator({
    host: '127.0.0.1',
    port: 0,
    apiKey,
    webhookSecret,
    webhookUrl: () => {
      throw new Error('The provider of the schedules sends no news by itself');
    },
  });
  const answerAs = (answer: Simulation['answer']): void => simulator.simulate({ answer, hold_back: true });
  answerAs('proper');
  const { url } = simulator;
  return {
    name: NAME,
    webhookSecret,
    environment: {
      GATEWAY_PROVIDERS: JSON.stringify({ [NAME]: { url, api_key: apiKey, webhook_secrets: [webhookSecret] } }),
    },
    operations: simulator.operations,
    answerAs,
    stop: simulator.stop,
  };
}
