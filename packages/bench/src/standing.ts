import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const POLL_MS = 10;
const IDLE_POLL_MS = 200;
const TIMEOUT_MS = 120_000;
const VACUUM_WAIT_MS = 30_000;

/** What the two services have still to tell each other, as the database shows it. */
export interface Standing extends AsyncDisposable {
  /** Messages of the topic of payments that billing has taken in. */
  taken(): Promise<number>;
  /** Resolves with the seconds from the call until billing has taken in so many. */
  untilTaken(count: number): Promise<number>;
  /** Resolves once payment has nothing to publish. */
  untilPublished(): Promise<void>;
  /** Resolves once nothing waits to be published and each service knows what the other has done. */
  untilQuiet(): Promise<void>;
  /** Tells the planner what is in the tables, as autovacuum does within a minute and the yardstick's schema at its end. */
  analyze(): Promise<void>;
  /**
   * Writes out what earlier work left dirty, and waits until no autovacuum runs, so that neither is paid for by what is
   * measured next; whether none runs, half a minute later at the latest.
   */
  untilCalm(): Promise<boolean>;
  /** What came out wrong: settled payments that billing has not applied, messages put aside. */
  faults(): Promise<{ unapplied: number; dead_letters: number }>;
}

const taken = `select coalesce(sum(next_offset), 0)::int as count from billing.consumer_progress
                where consumer = 'billing.repayments' and topic = 'payment.payments.v1'`;
const unpublishedPayments = 'select count(*)::int as count from payment.outbox';
const vacuums = "select count(*)::int as count from pg_stat_activity where backend_type = 'autovacuum worker'";
const unheard = `
select (select count(*) from billing.outbox) + (select count(*) from payment.outbox)
     + (select count(*) from billing.loans) - (select count(*) from payment.loan_accounts)
     + (select count(*) from payment.payments where status = 'settled')::int as count`;
const unapplied = `
select count(*)::int as count from payment.payments p
 where p.status in ('settled', 'applied')
   and p.amount <> (select coalesce(sum(a.applied + a.credited), 0) from billing.applied_payments a
                     where a.customer_id = p.customer_id and a.payment_id = p.id)`;
const deadLetters = `
select ((select count(*) from billing.dead_letters) + (select count(*) from payment.dead_letters))::int as count`;

/** `adminUrl` is of the system's database; the services may not see each other's tables, this may. */
export async function watchStanding(adminUrl: string): Promise<Standing> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  const count = async (text: string): Promise<number> => {
    const { rows } = await client.query<{ count: number | string }>(text);
    return Number(rows[0]?.count ?? 0);
  };
  const until = async (isSo: () => Promise<boolean>, pollMs: number): Promise<void> => {
    const deadline = performance.now() + TIMEOUT_MS;
    while (!(await isSo())) {
      if (performance.now() > deadline) throw new Error(`Not reached within ${TIMEOUT_MS / 1000} s`);
      await sleep(pollMs);
    }
  };
  return {
    taken: () => count(taken),
    async untilTaken(wanted) {
      const begun = performance.now();
      await until(async () => (await count(taken)) >= wanted, POLL_MS);
      return (performance.now() - begun) / 1000;
    },
    untilPublished: () => until(async () => (await count(unpublishedPayments)) === 0, IDLE_POLL_MS),
    untilQuiet: () => until(async () => (await count(unheard)) === 0, IDLE_POLL_MS),
    async analyze() {
      await client.query('analyze');
    },
    async untilCalm() {
      await client.query('checkpoint');
      const deadline = performance.now() + VACUUM_WAIT_MS;
      while ((await count(vacuums)) > 0) {
        if (performance.now() > deadline) return false;
        await sleep(IDLE_POLL_MS);
      }
      return true;
    },
    faults: async () => ({ unapplied: await count(unapplied), dead_letters: await count(deadLetters) }),
    [Symbol.asyncDispose]: () => client.end(),
  };
}
