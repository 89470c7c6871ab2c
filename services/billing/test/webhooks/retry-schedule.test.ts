import { RETRY_PAUSES_MS, retryPauseMs } from '../../src/webhooks/retry-schedule.ts';

const HOUR_MS = 3_600_000;

describe('the schedule of a delivery', () => {
  test('grows from seconds to a day, ten attempts over a little more than three days', () => {
    expect(RETRY_PAUSES_MS).toEqual([...RETRY_PAUSES_MS].sort((a, b) => a - b));
    expect([RETRY_PAUSES_MS[0], RETRY_PAUSES_MS.at(-1), RETRY_PAUSES_MS.length]).toEqual([5_000, 24 * HOUR_MS, 9]);
    const hours = RETRY_PAUSES_MS.reduce((sum, pause) => sum + pause, 0) / HOUR_MS;
    expect([hours > 72, hours < 96]).toEqual([true, true]);
  });

  test('is stretched by chance by at most a tenth', () => {
    expect([retryPauseMs(1, 0), retryPauseMs(1, 1), retryPauseMs(9, 0.5)]).toEqual([5_000, 5_500, 25.2 * HOUR_MS]);
  });

  test('ends after the tenth failure', () => expect(retryPauseMs(10, 0)).toBeUndefined());
});
