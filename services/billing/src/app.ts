import { setTimeout as pause } from 'node:timers/promises';
import { businessDate } from '@tenor/calendar';
import { registerProfiles } from '@tenor/profile-kit';
import { rowJobPurges } from '@tenor/row-jobs';
import {
  type App,
  type Clock,
  openBackbone,
  type RunningService,
  registerAuditRoute,
  signingKey,
  systemClock,
} from '@tenor/service-kit';
import { startAmarthaEvents } from './amartha-events.ts';
import { auditSources } from './audit-sources.ts';
import { calendarsRoutes } from './calendars/calendars.routes.ts';
import { changesRoutes } from './changes/changes.routes.ts';
import { pausesRoutes } from './changes/pauses.routes.ts';
import { payoffQuotesRoutes } from './changes/payoff-quotes.routes.ts';
import { simulationsRoutes } from './changes/simulations.routes.ts';
import type { BillingConfig } from './config.ts';
import { repaymentsGroup, startConsumers, startOutwardConsumer } from './consumers.ts';
import { createCounters } from './counters.ts';
import { creditUsesRoutes } from './credit-balances/credit-uses.routes.ts';
import { decidedRefundsRoutes } from './credit-balances/decided-refunds.routes.ts';
import { customersRoutes } from './customers/customers.routes.ts';
import { customersStore } from './customers/customers.store.ts';
import { dailyChecks } from './daily-check/daily-check.commands.ts';
import { endOfDayRoutes } from './daily-check/end-of-day.routes.ts';
import { openBillingDatabase } from './database.ts';
import { eligibilityRoutes } from './eligibility/eligibility.routes.ts';
import { refreshFamilyPurge } from './identity/refresh-tokens.store.ts';
import { createIdentity, tokenIssuerOf } from './identity.ts';
import { startImports } from './import-kinds.ts';
import { importedPaymentsRoutes } from './imports/imported-payments.routes.ts';
import { startDailyRoots } from './integrity/daily-root.commands.ts';
import { integrityRoutes } from './integrity/integrity.routes.ts';
import { rootTrust } from './integrity/root-trust.store.ts';
import { periodsRoutes } from './ledger/periods.routes.ts';
import { customerLimitsRoutes } from './loans/customer-limits.routes.ts';
import { customerLoansRoutes } from './loans/customer-loans.routes.ts';
import { loanReadsRoutes } from './loans/loan-reads.routes.ts';
import { loanViewer } from './loans/loan-views.store.ts';
import { loansRoutes } from './loans/loans.routes.ts';
import { republishRoutes } from './loans/republish.routes.ts';
import { notificationPurge } from './notifications/notifications.store.ts';
import { outsideAddresses, outsideSystems } from './outside-systems.ts';
import { notificationSenderOf, startOutward } from './outward.ts';
import { billingOwners } from './owners.ts';
import { productsRoutes } from './products/products.routes.ts';
import { referencesRoutes } from './profiles/references.routes.ts';
import { profileParts } from './profiles.ts';
import { quotesRoutes } from './quotes/quotes.routes.ts';
import { appliedCreditsRoutes } from './repayments/applied-credits.routes.ts';
import { reportsRoutes } from './reports/reports.routes.ts';
import { statementsRoutes } from './statements/statements.routes.ts';
import { webhookMessagePurge } from './webhooks/deliveries.store.ts';

const purges = [webhookMessagePurge, notificationPurge, refreshFamilyPurge, ...rowJobPurges];

/**
 * Starts billing and resolves once it listens. Rejects when an outside system is configured in part, when the keys that
 * sign tokens cannot be read, and when the database cannot be reached or lacks a migration; a broker that is down stops
 * nothing: loans go on being opened, and payments are applied once it is back.
 */
export async function startBilling(config: BillingConfig, clock: Clock = systemClock): Promise<RunningService> {
  const addresses = outsideAddresses(config);
  const send = notificationSenderOf(config);
  const tokens = tokenIssuerOf(config);
  await tokens?.keySource.load();
  const backbone = await openBackbone('billing', config, openBillingDatabase, purges);
  const { database, metrics, logger } = backbone;
  const key = config.INTEGRITY_KEY === undefined ? undefined : signingKey(config.INTEGRITY_KEY);
  const customers = customersStore(config.EXTERNAL_REF_KEY);
  const today = (timeZone: string | null) => businessDate(clock.now(), timeZone ?? config.TIME_ZONE);
  const service = {
    database,
    today,
    dueSoonDays: config.DUE_SOON_DAYS,
    viewLoan: loanViewer(database, { today }),
    refOf: customers.refOf,
    trust: rootTrust(key, config.INTEGRITY_TRUSTED_KEYS),
    ...createCounters(metrics),
  };
  const checks = dailyChecks({ ...service, pause, logger: backbone.logger });
  const outward = startOutward(backbone, config, { customers, send });
  const inward = startConsumers(backbone, service);
  const consumers = [inward, startOutwardConsumer(backbone, { ...outward, clock })];
  consumers.push(...startAmarthaEvents(backbone, config));
  const imports = startImports(backbone, config, today);
  const outside = outsideSystems(backbone, addresses, customers);
  const identity = tokens && createIdentity(config, { database, customers, tokens });

  const app = await backbone.createApp(consumers, {
    checks: outside.checks,
    keys: tokens?.keySource,
    owners: billingOwners(database),
  });
  registerAuditRoute(app, { path: '/v1/audit', database, sources: auditSources });
  customersRoutes(app, { database, store: customers });
  customerLoansRoutes(app, service);
  customerLimitsRoutes(app, { ...service, customers });
  calendarsRoutes(app, service);
  productsRoutes(app, service);
  quotesRoutes(app, service);
  loansRoutes(app, service, outside.checkApplicant);
  loanReadsRoutes(app, service);
  republishRoutes(app, service);
  appliedCreditsRoutes(app, database, repaymentsGroup);
  decidedRefundsRoutes(app, database, repaymentsGroup);
  importedPaymentsRoutes(app, database);
  creditUsesRoutes(app, service);
  liveLoanRoutes(app, service);
  endOfDayRoutes(app, { ...service, checks });
  integrityRoutes(app, service);
  statementsRoutes(app, service);
  periodsRoutes(app, service);
  reportsRoutes(app, service);
  eligibilityRoutes(app, service);
  outside.routes(app);
  outside.start(service);
  imports.routes(app);
  outward.routes(app);
  identity?.routes(app);
  const dailyRoots = key && startDailyRoots(database, key, logger);
  if (dailyRoots === undefined) logger.warn('no root of the journals is signed: INTEGRITY_KEY is not given');
  referencesRoutes(app, service);
  const engine = { ...service, ...outside, customers, worker: imports.worker, identity: identity?.service };
  await registerProfiles(app, config, profileParts(engine));
  return backbone.listen(app, consumers, async () => {
    await Promise.all([checks.stop(), dailyRoots?.stop(), outward.stop(), outside.stop(), imports.stop()]);
  });
}

/** What changes a loan that is open already, or says what a change would come to. */
function liveLoanRoutes(app: App, service: Parameters<typeof changesRoutes>[1]): void {
  changesRoutes(app, service);
  simulationsRoutes(app, service);
  payoffQuotesRoutes(app, service);
  pausesRoutes(app, service);
}
