import { eventually } from '@tenor/testing';
import { startBilling } from '../../src/app.ts';
import { TODAY } from '../harness.ts';
import { numbers, type Outside, startWithOutside, TIMEOUT_MS } from './with-outside.ts';

type Step = 'kyc' | 'transactions' | 'create_client' | 'initiate' | 'query' | 'callback';
type How = 'up' | 'slow' | 'down' | 'garbage' | 'late' | 'twice';

const steps: Step[] = ['kyc', 'transactions', 'create_client', 'initiate', 'query', 'callback'];
const manners: How[] = ['up', 'slow', 'down', 'garbage', 'late', 'twice'];
const SLOW = { delay_ms: TIMEOUT_MS / 5 };
const LATE = { delay_ms: 1.5 * TIMEOUT_MS };

/** Late: it is done, but its answer comes after the time-out. Twice: done, its answer is lost, and it is done again. */
const ofCoreBanking = {
  up: { fault: 'none' },
  slow: { fault: 'slow', ...SLOW },
  down: { fault: 'down' },
  garbage: { fault: 'garbage' },
  late: { fault: 'slow', ...LATE },
  twice: { fault: 'lost' },
} as const;
const ofScoring = {
  up: { fault: 'none' },
  slow: { fault: 'late', ...SLOW },
  down: { fault: 'down' },
  garbage: { fault: 'garbage' },
  late: { fault: 'late', ...LATE },
  twice: { fault: 'twice' },
} as const;

let outside: Outside;
let replica: Awaited<ReturnType<typeof startBilling>>;
const customers: string[] = [];
beforeAll(async () => {
  outside = await startWithOutside('matrix', { SCORING_FIRST_RETRY_MS: '200' });
  replica = await startBilling({ ...outside.billing.config, PORT: 0 }, { now: () => new Date(`${TODAY}T10:00:00Z`) });
  for (const number of numbers) customers.push(await outside.billing.customer({ external_id: number }));
});
afterAll(async () => {
  await replica.stop();
  await outside.stop();
});

/** How often the step was tried so far. */
function triesOf(step: Step): number {
  const { calls } = outside.coreBanking;
  if (step === 'kyc') return calls.customer;
  return step === 'transactions' ? calls.transactions : outside.scoring.counts()[step];
}

function simulate(step: Step, how: How): void {
  if (isOfCoreBanking(step)) {
    const { fault, ...delay } = ofCoreBanking[how];
    outside.coreBanking.simulate({ [step === 'kyc' ? 'customer' : 'transactions']: fault, ...delay });
  } else {
    const { fault, ...delay } = ofScoring[how];
    outside.scoring.simulate({ [step]: fault, ...delay });
  }
}

const isOfCoreBanking = (step: Step): boolean => step === 'kyc' || step === 'transactions';
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const cells = steps.flatMap((step) => manners.map((how) => ({ step, how })));

describe('two replicas, with', () => {
  test.each(cells)('$step $how', async ({ step, how }) => {
    const { rows } = outside.billing;
    const customerId = customers[cells.findIndex((cell) => cell.step === step && cell.how === how) % customers.length];
    if (customerId === undefined) throw new Error('no customer');
    if (step === 'create_client') await rows('delete from scoring_clients');
    const loansBefore = await rows('select id from loans where customer_id = $1', [customerId]);
    const tries = triesOf(step);
    simulate(step, how);
    const first = await outside.apply(customerId);
    const isAnswered = step !== 'kyc' || how === 'up' || how === 'slow';
    expect(first.status).toBe(isAnswered ? 201 : 503);
    // The fault is met before it is over.
    await eventually(() => expect(triesOf(step)).toBeGreaterThan(tries), { intervalMs: 5 });
    await pause(20);
    await outside.recover();
    if (!isAnswered) {
      expect(await rows('select id from loans where customer_id = $1', [customerId])).toEqual(loansBefore);
    }
    const loanId = isAnswered ? first.body.id : (await outside.apply(customerId)).body.id;
    expect((await outside.decided(loanId)).status).toBe('active');
    const decisions = await rows(
      `select type from loan_events where loan_id = $1 and type in ('approved', 'rejected', 'failed', 'disbursed')
        order by seq`,
      [loanId],
    );
    expect(decisions).toEqual([{ type: 'approved' }, { type: 'disbursed' }]);
    expect(await rows('select loan_id from score_queries where ended_at is null')).toEqual([]);
  });
});

test('each loan was decided once, and its books are proven', async () => {
  const loans = await outside.billing.rows<{ id: string }>('select id from loans');
  expect(loans).toHaveLength(cells.length);
  for (const { id } of loans) expect(await outside.billing.isProven(id)).toBe(true);
  expect(await outside.billing.rows('select * from scoring_clients')).toHaveLength(1);
});
