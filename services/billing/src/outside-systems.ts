import { setTimeout as sleep } from 'node:timers/promises';
import { type App, type Backbone, type BasicCredentials, type Check, isRefusal } from '@tenor/service-kit';
import type { BillingConfig } from './config.ts';
import { type CoreBanking, type CoreBankingAddress, createCoreBanking } from './core-banking/core-banking.client.ts';
import { checkKyc } from './core-banking/kyc.commands.ts';
import { kycRoutes } from './core-banking/kyc.routes.ts';
import { type TransactionsDependencies, transactionsRoutes } from './core-banking/transactions.routes.ts';
import { createOutsideCounters } from './counters.ts';
import type { CustomersStore } from './customers/customers.store.ts';
import type { LoanService } from './loans/loans.commands.ts';
import type { CheckApplicant } from './loans/new-loans.commands.ts';
import { scoresRoutes } from './scoring/scores.routes.ts';
import { createScoringEngine, type ScoringAddress } from './scoring/scoring.client.ts';
import { startScoringWorker } from './scoring/worker.commands.ts';

/** Core banking and the scoring engine, as far as they are configured. */
export interface OutsideSystems {
  readonly checkApplicant: CheckApplicant;
  /** What the scoring engine asks us for. */
  readonly transactions: TransactionsDependencies;
  readonly checks: readonly Check[];
  routes(app: App): void;
  /** Begins to ask for scores. */
  start(service: LoanService): void;
  stop(): Promise<void>;
}

/** Where the outside systems are, as far as they are configured. */
export interface OutsideAddresses {
  readonly coreBanking: CoreBankingAddress | undefined;
  readonly scoring: (ScoringAddress & { readonly firstRetryMs: number }) | undefined;
  /** Those of the scoring engine, here. */
  readonly credentials: BasicCredentials | undefined;
}

/** Throws for an outside system that is configured in part. */
export function outsideAddresses(config: BillingConfig): OutsideAddresses {
  const credentials = credentialsOf(config);
  const scoring = scoringOf(config, credentials);
  const firstRetryMs = config.SCORING_FIRST_RETRY_MS;
  return { coreBanking: coreBankingOf(config), credentials, scoring: scoring && { ...scoring, firstRetryMs } };
}

/** Connects to nothing yet. */
export function outsideSystems(
  backbone: Backbone,
  { coreBanking: address, scoring, credentials }: OutsideAddresses,
  customers: CustomersStore,
): OutsideSystems {
  const { database, logger, metrics } = backbone;
  const counters = createOutsideCounters(metrics);
  const coreBanking = address && createCoreBanking(address, counters.coreBanking, logger);
  const kyc = { database, customers, coreBanking };
  let worker: ReturnType<typeof startScoringWorker> | undefined;
  if (coreBanking === undefined) logger.warn('no loan is taken that is scored outside: CORE_BANKING_URL is not given');
  if (scoring === undefined) logger.warn('loans that are scored outside stay pending: SCORING_URL is not given');
  const transactions = { coreBanking, credentials };
  return {
    transactions,
    checks: coreBanking === undefined ? [] : [checkOf(coreBanking)],
    async checkApplicant(customerId) {
      const checked = await checkKyc(kyc, customerId);
      return isRefusal(checked) ? checked : undefined;
    },
    routes(app) {
      kycRoutes(app, kyc);
      transactionsRoutes(app, transactions);
      scoresRoutes(app, { database });
    },
    start(service) {
      if (scoring === undefined) return;
      worker = startScoringWorker({
        ...service,
        database,
        logger,
        customers,
        engine: createScoringEngine(scoring, counters.scoring),
        timeoutMs: scoring.timeoutMs,
        firstRetryMs: scoring.firstRetryMs,
        countDecided: counters.decided,
        pause: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
      });
    },
    async stop() {
      await worker?.stop();
      coreBanking?.stop();
    },
  };
}

const checkOf = (coreBanking: CoreBanking): Check => ({
  name: 'core-banking',
  critical: false,
  check: async () => coreBanking.health(),
});

function coreBankingOf(config: BillingConfig): CoreBankingAddress | undefined {
  const given = allOf(config, [
    'CORE_BANKING_WSDL_URL',
    'CORE_BANKING_URL',
    'CORE_BANKING_USERNAME',
    'CORE_BANKING_PASSWORD',
  ]);
  return (
    given && {
      wsdlUrl: given.CORE_BANKING_WSDL_URL,
      url: given.CORE_BANKING_URL,
      username: given.CORE_BANKING_USERNAME,
      password: given.CORE_BANKING_PASSWORD,
      timeoutMs: config.CORE_BANKING_TIMEOUT_MS,
      concurrency: config.CORE_BANKING_CONCURRENCY,
      restMs: config.CORE_BANKING_REST_MS,
    }
  );
}

function credentialsOf(config: BillingConfig): BasicCredentials | undefined {
  const given = allOf(config, ['TRANSACTIONS_USERNAME', 'TRANSACTIONS_PASSWORD']);
  return given && { username: given.TRANSACTIONS_USERNAME, password: given.TRANSACTIONS_PASSWORD };
}

/** The engine needs to know how it comes back to us. */
function scoringOf(config: BillingConfig, credentials: BasicCredentials | undefined): ScoringAddress | undefined {
  const given = allOf(config, ['SCORING_URL', 'TRANSACTIONS_URL']);
  if (given === undefined) return undefined;
  if (credentials === undefined) throw new Error('SCORING_URL needs TRANSACTIONS_USERNAME and TRANSACTIONS_PASSWORD');
  return {
    url: given.SCORING_URL.replace(/\/+$/, ''),
    timeoutMs: config.SCORING_TIMEOUT_MS,
    callback: { ...credentials, url: given.TRANSACTIONS_URL.replace(/\/+$/, '') },
  };
}

/** All of these keys, or none of them. */
function allOf<Key extends keyof BillingConfig>(
  config: BillingConfig,
  keys: readonly Key[],
): { readonly [Each in Key]: NonNullable<BillingConfig[Each]> } | undefined {
  const missing = keys.filter((key) => config[key] === undefined);
  if (missing.length === keys.length) return undefined;
  if (missing.length > 0) throw new Error(`${keys.join(', ')} go together; missing: ${missing.join(', ')}`);
  return config as { readonly [Each in Key]: NonNullable<BillingConfig[Each]> };
}
