import { figuresOf, longestGap, longestGaps, longestOperations } from '../src/figures.ts';
import { type Acknowledged, newLog, type OperationKind } from '../src/operation-log.ts';
import { gapsOf, longestOf, tableOf } from '../src/table.ts';

const acknowledged = (kind: OperationKind, answeredAt: number, attempts = 1): Acknowledged => {
  const key = `${kind}-${answeredAt}`;
  return { kind, key, path: '', body: {}, id: key, attempts, askedAt: answeredAt - 100 * attempts, answeredAt };
};

describe('the longest gap of a span', () => {
  test.each([
    { times: [], expected: 100 },
    { times: [150], expected: 50 },
    { times: [110, 180], expected: 70 },
    { times: [190, 120, 130], expected: 60 },
    { times: [50, 250], expected: 100 },
  ])('from 100 to 200 with $times is $expected', ({ times, expected }) => {
    expect(longestGap(times, { from: 100, to: 200 })).toBe(expected);
  });
});

describe('the figures of a run', () => {
  const payments = [acknowledged('payment', 500), acknowledged('payment', 1_400, 3), acknowledged('payment', 2_900)];
  const log = { ...newLog(), acknowledged: [...payments, acknowledged('loan', 1_100)], appliedAt: [1_900] };
  log.faults.push(
    { at: 1_050, key: 'payment-1400', kind: 'payment', what: 'cut off' },
    { at: 1_200, key: 'payment-1400', kind: 'payment', what: '503 service_unavailable' },
    { at: 1_300, key: 'loan-1100', kind: 'loan', what: '409 idempotency_in_flight' },
  );
  const crashes = [{ target: 'kafka', killedAt: 1_000, servedAt: 1_600 }];
  const figures = figuresOf(log, crashes, { from: 0, to: 3_000 }, { lost: payments.slice(1, 2), doubled: [] });

  test('count each answer and each fault in the row of the kill before it', () => {
    expect(figures).toMatchObject([
      { target: 'nothing yet', acknowledged: 1, retried: 0, cutOff: 0, serverFaults: 0, lost: 0, doubled: 0 },
      {
        target: 'kafka',
        atMs: 1_000,
        downMs: 600,
        acknowledged: 3,
        retried: 1,
        cutOff: 1,
        serverFaults: 1,
        lost: 1,
        doubled: 0,
        longestGapMs: {
          customer: 2_000,
          loan: 1_900,
          payment: 1_500,
          reversal: 2_000,
          credit_use: 2_000,
          applied: 1_100,
        },
      },
    ]);
  });

  test('end in the longest gap of each kind, over all kills, and the longest of all', () => {
    const gaps = longestGaps(log, { from: 0, to: 3_000 });
    expect(gaps).toMatchObject({ loan: 1_900, payment: 1_500, reversal: 3_000, applied: 1_900 });
    expect(gapsOf({ ...gaps, reversal: 100, credit_use: 200, refund: 300 })).toBe(
      'longest gaps: no loan opened for 1.9 s, no payment recorded for 1.5 s, no payment taken back for 0.1 s, ' +
        'no credit used for 0.2 s, no refund requested for 0.3 s, no payment seen applied for 1.9 s; ' +
        'of all: 1.9 s (no loan opened)',
    );
  });

  test('name the longest operation of each kind, from its first try to its answer', () => {
    expect(longestOf(longestOperations(log))).toBe(
      'longest operations: payment 0.3 s (sent 3 times), loan 0.1 s (sent 1 times)',
    );
  });

  test('are a table with one line for each kill', () => {
    const [head, , kafka] = tableOf(figures).split('\n');
    expect(head).toMatch(/killed +at s +down s +acknowledged/);
    expect(kafka?.trim().split(/ +/)).toEqual('kafka 1 0.6 3 1 1 1 1 0 1.9 1.5 2 2 2 1.1'.split(' '));
  });
});
