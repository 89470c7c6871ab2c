import { awaitedBefore, mayBeUnpublished } from '../../src/payments/doubt.ts';

describe('what a refusal waits for', () => {
  const isYoung = (id: string) => id.startsWith('young');
  test.each([
    { refused: 'not_found', customerId: 'old', loanIds: [], expected: [] },
    { refused: 'not_found', customerId: 'young', loanIds: [], expected: ['young'] },
    { refused: 'not_found', customerId: 'old', loanIds: ['old-loan'], expected: [] },
    { refused: 'not_found', customerId: 'old', loanIds: ['old-loan', 'young-loan'], expected: ['young-loan'] },
    { refused: 'nothing_owed', customerId: 'old', loanIds: [], expected: [] },
    { refused: 'nothing_owed', customerId: 'young', loanIds: [], expected: ['young'] },
    { refused: 'payment_not_exact', customerId: 'old', loanIds: ['old-loan'], expected: [] },
    { refused: 'amount_exceeds_outstanding', customerId: 'old', loanIds: [], expected: [] },
    { refused: 'loan_closed', customerId: 'old', loanIds: ['old-loan'], expected: [] },
    { refused: 'value_date_before_disbursement', customerId: 'old', loanIds: [], expected: [] },
    { refused: 'value_date_before_disbursement', customerId: 'young', loanIds: ['young-loan'], expected: undefined },
    { refused: 'value_date_in_future', customerId: 'young', loanIds: ['young-loan'], expected: ['young-loan'] },
    { refused: 'value_date_in_future', customerId: 'old', loanIds: [], expected: [] },
    { refused: 'validation_failed', customerId: 'young', loanIds: [], expected: undefined },
  ] as const)('$refused of $customerId $loanIds waits for $expected', ({ refused, expected, ...named }) =>
    expect(awaitedBefore(refused, named, isYoung)).toEqual(expected),
  );
});

describe('an unknown id', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
  test.each([
    { made: 1, heard: 0, expected: true, because: 'its event may wait for another relay than the one that was heard' },
    { made: 29, heard: 0, expected: true, because: 'the lease of a dead relay may still last' },
    { made: 31, heard: 0, expected: false, because: 'what is younger was heard' },
    { made: 31, heard: 60, expected: true, because: 'billing has been silent since' },
    { made: 31, heard: undefined, expected: true, because: 'billing was never heard' },
    { made: 899, heard: 1_000, expected: true, because: 'the silence may be an outage' },
    { made: 900, heard: 1_000, expected: false, because: 'billing has had nothing to say for long' },
    { made: -5, heard: 0, expected: true, because: 'clocks differ' },
    { made: -11, heard: 0, expected: false, because: 'nobody makes ids of the future' },
    { made: undefined, heard: undefined, expected: false, because: 'billing makes no such id' },
  ])('may be unpublished: $expected, since $because', ({ made, heard, expected }) => {
    const at = { now, heardUpTo: heard === undefined ? undefined : secondsAgo(heard) };
    expect(mayBeUnpublished(made === undefined ? undefined : secondsAgo(made), at)).toBe(expected);
  });
});
