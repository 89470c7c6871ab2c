import { awaitedBefore } from '../../src/payments/doubt.ts';

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
    { refused: 'value_date_in_future', customerId: 'young', loanIds: ['young-loan'], expected: undefined },
    { refused: 'validation_failed', customerId: 'young', loanIds: [], expected: undefined },
  ] as const)('$refused of $customerId $loanIds waits for $expected', ({ refused, expected, ...named }) =>
    expect(awaitedBefore(refused, named, isYoung)).toEqual(expected),
  );
});
