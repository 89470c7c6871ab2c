import { date, type LocalDate } from '@tenor/calendar';
import { formatAmount } from '@tenor/money';
import { type App, type Database, isRefusal } from '@tenor/service-kit';
import { settledInstant } from '../loans/database-clock.store.ts';
import { TrialBalanceQuerySchema, TrialBalanceSchema } from './reports.schemas.ts';
import { earnedThrough, ledgerSums } from './trial-balance.store.ts';
import { type TrialBalance, trialBalances } from './trial-balance.ts';

interface ReportsDependencies {
  readonly database: Database;
  /** The business date in the installation's time zone. */
  readonly today: (timeZone: null) => LocalDate;
}

export function reportsRoutes(app: App, { database, today }: ReportsDependencies): void {
  app.get(
    '/v1/reports/trial-balance',
    {
      config: { permission: 'reports:read', refusals: ['known_at_too_recent'] },
      schema: {
        summary: 'Debits, credits and balance of every account, by currency',
        tags: ['reports'],
        querystring: TrialBalanceQuerySchema,
        response: { 200: TrialBalanceSchema },
      },
    },
    async ({ query }) => {
      const asOf = query.as_of === undefined ? today(null) : date(query.as_of);
      const knownAt = await settledInstant(database, query.known_at);
      if (isRefusal(knownAt)) return knownAt;
      const by = query.by ?? 'value_date';
      const [sums, through] = await Promise.all([
        ledgerSums(database, { by, asOf, knownAt, currency: query.currency ?? null }),
        earnedThrough(database),
      ]);
      return {
        as_of: asOf,
        known_at: knownAt,
        by,
        earned_through: through,
        currencies: trialBalances(sums).map(trialBalanceJson),
      };
    },
  );
}

function trialBalanceJson({ currency, debits, credits, accounts }: TrialBalance) {
  const text = (minor: bigint): string => formatAmount(minor, currency);
  return {
    currency,
    debits: text(debits),
    credits: text(credits),
    accounts: accounts.map(({ account, side, ...own }) => ({
      account,
      side,
      debits: text(own.debits),
      credits: text(own.credits),
      balance: text(own.balance),
    })),
  };
}
