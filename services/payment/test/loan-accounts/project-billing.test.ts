import { decodeEvent } from '@tenor/contracts';
import { type Delivery, newId, runUnitOfWork } from '@tenor/service-kit';
import { openPaymentDatabase } from '../../src/database.ts';
import { projectBilling } from '../../src/loan-accounts/loan-accounts.commands.ts';
import { loanAccountsOf } from '../../src/loan-accounts/loan-accounts.store.ts';
import type { BillingMessage } from '../fake-billing.ts';
import { growth } from '../loans.ts';
import { type PaymentTest, startPaymentTest } from '../payment-service.ts';

const CUSTOMERS = 60;

let payment: PaymentTest;
beforeAll(async () => {
  payment = await startPaymentTest('project_billing');
});
afterAll(() => payment.stop());

function deliver({ topic, customerId, text }: BillingMessage, index: number): Delivery {
  const decoded = decodeEvent(Buffer.from(text));
  if (!decoded.ok || !decoded.known) throw new Error(text);
  return { event: decoded.event, customerId, topic, partition: 0, offset: BigInt(index) };
}

describe('a set of events', () => {
  test('of many customers is projected at once, and only what is new counts', async () => {
    const database = await openPaymentDatabase(payment.config);
    const caller = { id: 'test', roles: [] };
    const project = (deliveries: Delivery[]) =>
      runUnitOfWork(database, { caller, requestId: newId(), traceparent: '' }, (uow) =>
        projectBilling(uow, deliveries),
      );
    const known = Array.from({ length: CUSTOMERS }, (_, index) => {
      const lateGrowth = index % 2 === 0 ? growth({ percent_per_day: '0.1', cap: '5.00' }) : null;
      const { customerId, messages } = payment.billing.register();
      const { loan, messages: opened } = payment.billing.open(customerId, lateGrowth ? { lateGrowth } : {});
      return { customerId, loan, lateGrowth, messages: [...messages, ...opened] };
    });
    const first = known.flatMap(({ messages }) => messages).map(deliver);
    expect(await project(first)).toHaveLength(CUSTOMERS * 4);

    const repaid = known.flatMap(({ loan }) => payment.billing.repay(loan, newId(), '100.00')).map(deliver);
    const fresh = await project([...first, ...repaid]);
    expect(fresh.map(({ event }) => event.type)).toEqual(Array.from({ length: CUSTOMERS }, () => 'loan.repaid'));
    for (const { customerId, lateGrowth } of known) {
      expect(await loanAccountsOf(database, [customerId])).toMatchObject([
        { status: 'active', unpaid: [0n, 10_000n, 10_000n], outstanding: 20_000n, lastSequence: 4n, lateGrowth },
      ]);
    }
    await database.close();
  });
});
