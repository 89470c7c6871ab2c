import { eventually } from '@tenor/testing';
import { numbers, type Outside, startWithOutside } from './with-outside.ts';

let outside: Outside;
beforeAll(async () => {
  // The pauses that an installation has unless it says otherwise.
  outside = await startWithOutside('schedule', { SCORING_FIRST_RETRY_MS: '1000' });
});
afterAll(() => outside.stop());

interface Waiting {
  readonly state: string;
  readonly attempts: number;
  readonly wait_s: number | null;
}

test('a score is asked for once, and again 1, 2, 4, 8 and 16 s after it; then the loan has failed', async () => {
  outside.scoring.simulate({ query: 'down' });
  const { rows } = outside.billing;
  const customerId = await outside.billing.customer({ external_id: numbers[0] });
  const { body } = await outside.apply(customerId);
  const waitingAfter = (attempts: number): Promise<Waiting> =>
    eventually(async () => {
      const [row] = await rows<Waiting>(
        `select state, attempts, extract(epoch from next_at - clock_timestamp())::float8 as wait_s
           from score_queries where loan_id = $1`,
        [body.id],
      );
      // Until its answer is there, the lease of the attempt stands in place of the next one's time.
      if (row === undefined || row.attempts !== attempts || outside.scoring.counts().query !== attempts) {
        throw new Error(`attempt ${attempts} is not over: ${JSON.stringify(row)}`);
      }
      return row;
    });
  for (const [index, seconds] of [1, 2, 4, 8, 16].entries()) {
    const attempts = index + 1;
    const { wait_s: wait } = await eventually(async () => {
      const row = await waitingAfter(attempts);
      expect(row.wait_s).toBeGreaterThan(seconds - 0.9);
      expect(row.wait_s).toBeLessThanOrEqual(seconds);
      return row;
    });
    expect(wait).not.toBeNull();
    // The time passes: here, by moving what is stored.
    await rows('update score_queries set next_at = clock_timestamp() where loan_id = $1', [body.id]);
  }
  expect((await outside.decided(body.id)).status).toBe('failed');
  expect(outside.scoring.counts().query).toBe(6);
});
