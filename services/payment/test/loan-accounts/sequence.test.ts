import { newId } from '@tenor/service-kit';
import { eventually } from '@tenor/testing';
import type { BillingMessage } from '../fake-billing.ts';
import { type PaymentTest, paying, startPaymentTest } from '../payment-service.ts';

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('sequence');
});
afterAll(() => payment.stop());

const underNewId = (message: BillingMessage): BillingMessage => ({
  ...message,
  text: JSON.stringify({ ...JSON.parse(message.text), id: newId() }),
});
const account = async (loanId: string) =>
  (await payment.rows('select * from loan_accounts where loan_id = $1', [loanId]))[0];
const letters = (loanId: string) =>
  payment.rows<{ status: string; reason: string; detail: string }>(
    'select status, reason, detail from dead_letters where subject = $1 order by message_offset',
    [loanId],
  );

describe('the sequence of a loan', () => {
  test('what was passed changes nothing, also under an id that the inbox does not know', async () => {
    const { customerId, messages } = payment.billing.register();
    const { loan, messages: opened } = payment.billing.open(customerId);
    const repaid = payment.billing.repay(loan, newId(), '100.00');
    const later = payment.billing.repay(loan, newId(), '50.00');
    await payment.feed([...messages, ...opened, ...repaid, ...later]);
    const before = await account(loan.id);
    const again = [...opened, ...repaid].map(underNewId);
    await payment.send(again);
    await eventually(async () => {
      const ids = again.map(({ text }) => JSON.parse(text).id);
      expect(await payment.rows('select from inbox where event_id = any($1::uuid[])', [ids])).toHaveLength(
        again.length,
      );
    });
    expect(await account(loan.id)).toEqual(before);
    expect(await letters(loan.id)).toEqual([]);
  });

  test('over a gap nothing is folded until a snapshot comes; then the loan goes on', async () => {
    const { loan } = await payment.customerWithLoan();
    const neighbour = await payment.anotherLoan(loan.customerId);
    const before = await account(loan.id);
    payment.billing.repay(loan, newId(), '100.00');
    const behind = [newId(), newId()].flatMap((id) => payment.billing.repay(loan, id, '50.00'));
    await payment.send(behind);
    await payment.feed(payment.billing.repay(neighbour, newId(), '100.00'));
    expect(await account(loan.id)).toEqual(before);
    expect(await letters(loan.id)).toEqual([
      { status: 'dead', reason: 'failed', detail: expect.stringMatching(/is number 5 after number 3/) },
      { status: 'parked', reason: 'parked', detail: expect.any(String) },
    ]);

    await payment.feed([payment.billing.snapshot(loan)]);
    expect(await account(loan.id)).toMatchObject({ unpaid: ['0', '0', '10000'], outstanding: '10000' });
    expect((await letters(loan.id)).map(({ status }) => status)).toEqual(['discarded', 'discarded']);
    await payment.feed(payment.billing.repay(loan, newId(), '100.00'));
    expect(await account(loan.id)).toMatchObject({ status: 'paid', outstanding: '0' });
  });

  test('a snapshot leaves the answers that waited before it with their payments, and no payment reserved', async () => {
    const { customerId, loan } = await payment.customerWithLoan({ paymentPolicy: 'any' });
    const pay = async (amount: string) => (await payment.post('/v1/payments', paying(customerId, amount))).body.id;
    const stateOf = (id: string) =>
      payment.rows(
        `select p.status, a.applied, a.credited, a.in_flight from payments p
           join payment_allocations a on a.customer_id = p.customer_id and a.payment_id = p.id where p.id = $1`,
        [id],
      );
    const [first, second, third] = [await pay('70.00'), await pay('80.00'), await pay('10.00')];
    payment.billing.repay(loan, newId(), '100.00');
    const waiting = [
      ...payment.billing.repay(loan, first, '70.00'),
      payment.billing.reallocate(loan, first, '60.00', '10.00'),
      ...payment.billing.repay(loan, second, '80.00'),
      // What billing can never have done: the snapshot must go on all the same.
      payment.billing.reallocate(loan, third, '10.00', '0.01'),
    ];
    await payment.send(waiting);
    await eventually(async () => expect(await letters(loan.id)).toHaveLength(waiting.length));
    const unanswered = { status: 'settled', applied: '0', credited: '0', in_flight: true };
    expect(await stateOf(first)).toEqual([unanswered]);

    await payment.feed([payment.billing.snapshot(loan)]);
    const answered = { status: 'applied', in_flight: false };
    expect(await stateOf(first)).toEqual([{ ...answered, applied: '6000', credited: '1000' }]);
    expect(await stateOf(second)).toEqual([{ ...answered, applied: '8000', credited: '0' }]);
    expect(await stateOf(third)).toEqual([unanswered]);
  });
});
