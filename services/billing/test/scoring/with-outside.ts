import {
  type Simulator as CoreBankingSimulator,
  startSimulator as startCoreBanking,
} from '@tenor/core-banking-simulator';
import { choosePort } from '@tenor/local-stack';
import {
  type Simulator as ScoringSimulator,
  type SimulatorOptions,
  startSimulator as startScoring,
} from '@tenor/scoring-simulator';
import { eventually } from '@tenor/testing';
import { type BillingTest, type Body, startBillingTest } from '../harness.ts';

export const bank = { username: 'tenor', password: 'a-password-at-core-banking' };
export const engine = { username: 'scoring', password: 'a-password-of-the-engine' };

/** Who core banking knows. */
export const numbers = ['234774784', '318411216', '340397370', '366585630', '397178638'] as const;

/** Short, so that each fault takes little of a test's time. */
export const TIMEOUT_MS = 1_000;
const FIRST_RETRY_MS = 100;

export interface Outside {
  readonly billing: BillingTest;
  readonly coreBanking: CoreBankingSimulator;
  readonly scoring: ScoringSimulator;
  /** Applies for a scored loan; the answer, whatever it is. */
  apply(customerId: string, more?: object, options?: { key?: string }): ReturnType<BillingTest['post']>;
  /** The loan once it is no longer pending. */
  decided(loanId: string, timeoutMs?: number): Promise<Body>;
  /** Both outside systems do as they should, and core banking is asked again. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** Billing between both simulators, which call each other by real HTTP. */
export async function startWithOutside(
  name: string,
  environment: Record<string, string> = {},
  options: Pick<SimulatorOptions, 'observe'> = {},
): Promise<Outside> {
  const coreBanking = await startCoreBanking({ host: '127.0.0.1', port: 0, ...bank });
  const scoring = await startScoring({ host: '127.0.0.1', port: 0, ...options });
  const port = await choosePort();
  const billing = await startBillingTest(name, {
    PORT: String(port),
    ...outsideEnvironment(coreBanking.url, scoring.url, `http://127.0.0.1:${port}`),
    ...environment,
  });
  return {
    billing,
    coreBanking,
    scoring,
    apply: (customerId, more = {}, { key } = {}) =>
      billing.post('/v1/loans', applicationOf(customerId, more), key === undefined ? {} : { key }),
    decided: (loanId, timeoutMs = 10_000) =>
      eventually(
        async () => {
          const { body } = await billing.get(`/v1/loans/${loanId}`);
          if (body.status === 'pending') throw new Error(`Loan ${loanId} is still pending`);
          return body;
        },
        { timeoutMs },
      ),
    async recover() {
      coreBanking.simulate({});
      scoring.simulate({});
      await eventually(async () => {
        const { status } = await billing.get(`/transactions/${numbers[0]}`, asEngine());
        if (status !== 200) throw new Error(`core banking is not asked again: ${status}`);
      });
    },
    async stop() {
      await scoring.stop();
      await billing.stop();
      await coreBanking.stop();
    },
  };
}

/** What billing needs to know of both. */
export function outsideEnvironment(coreBankingUrl: string, scoringUrl: string, ownUrl: string): Record<string, string> {
  return {
    CORE_BANKING_WSDL_URL: `${coreBankingUrl}/service.wsdl`,
    CORE_BANKING_URL: `${coreBankingUrl}/service`,
    CORE_BANKING_USERNAME: bank.username,
    CORE_BANKING_PASSWORD: bank.password,
    CORE_BANKING_TIMEOUT_MS: String(TIMEOUT_MS),
    CORE_BANKING_REST_MS: '100',
    SCORING_URL: scoringUrl,
    SCORING_TIMEOUT_MS: String(TIMEOUT_MS),
    SCORING_FIRST_RETRY_MS: String(FIRST_RETRY_MS),
    TRANSACTIONS_URL: `${ownUrl}/transactions`,
    TRANSACTIONS_USERNAME: engine.username,
    TRANSACTIONS_PASSWORD: engine.password,
  };
}

export const applicationOf = (customerId: string, more: object = {}) => ({
  customer_id: customerId,
  product: 'scored',
  principal: { amount: '10000.00', currency: 'KES' },
  ...more,
});

/** The header by which the scoring engine asks for transactions. */
export const asEngine = ({ username, password } = engine) => ({
  role: null,
  headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
});
