import { choosePort } from './ports.ts';
import type { Secrets } from './secrets.ts';
import type { ServiceProgram } from './services.ts';

const CORE_BANKING_PORT = 8091;
const SCORING_PORT = 8093;
const CORE_BANKING_USERNAME = 'tenor';
const TRANSACTIONS_USERNAME = 'scoring';

/** The simulated core banking and scoring engine, and what billing has to know of them. */
export interface OutsideSystems {
  readonly ports: readonly number[];
  readonly coreBanking: string;
  readonly scoring: string;
  readonly billing: Readonly<Record<string, string>>;
  readonly programs: readonly { readonly program: ServiceProgram; readonly url: string }[];
}

/** The engine comes back for transactions as a real one would: through the gateway. */
export async function planOutsideSystems(
  { core_banking_password: bankPassword, transactions_password: transactionsPassword }: Secrets,
  gatewayUrl: string,
  taken: readonly number[],
): Promise<OutsideSystems> {
  const bankPort = await choosePort(CORE_BANKING_PORT, taken);
  const scoringPort = await choosePort(SCORING_PORT, [...taken, bankPort]);
  const [coreBanking, scoring] = [bankPort, scoringPort].map((port) => `http://127.0.0.1:${port}`) as [string, string];
  const credentials = { CORE_BANKING_USERNAME, CORE_BANKING_PASSWORD: bankPassword };
  return {
    ports: [bankPort, scoringPort],
    coreBanking,
    scoring,
    billing: {
      ...credentials,
      CORE_BANKING_WSDL_URL: `${coreBanking}/service.wsdl`,
      CORE_BANKING_URL: `${coreBanking}/service`,
      SCORING_URL: scoring,
      TRANSACTIONS_URL: `${gatewayUrl}/transactions`,
      TRANSACTIONS_USERNAME,
      TRANSACTIONS_PASSWORD: transactionsPassword,
    },
    programs: [
      { url: coreBanking, program: simulatorProgram('core-banking', bankPort, credentials) },
      { url: scoring, program: simulatorProgram('scoring', scoringPort, {}) },
    ],
  };
}

function simulatorProgram(name: string, port: number, env: Readonly<Record<string, string>>): ServiceProgram {
  return {
    name: `${name}-simulator`,
    script: `deploy/simulators/${name}/dist/main.js`,
    env: { HOST: '127.0.0.1', PORT: String(port), ...env },
  };
}
