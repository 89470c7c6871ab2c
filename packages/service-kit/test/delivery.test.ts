import { encodeEvent, paymentSettled } from '@tenor/contracts';
import { byCustomer, type Delivery, type Item, itemOf, readerOf, split } from '../src/delivery.ts';
import { settled } from './data-fixture.ts';

const id = (number: number): string => `019aa4f1-6c00-7000-8000-${String(number).padStart(12, '0')}`;
const [ana, ben] = [id(1), id(2)];

function message(offset: number, value: string | null) {
  return {
    topic: 'payment.payments.v1',
    partition: 0,
    offset: BigInt(offset),
    key: null,
    value: value === null ? null : Buffer.from(value),
  };
}

function event(customerId: string, offset: number): string {
  const time = '2026-11-21T07:50:05.123Z';
  const envelope = { id: id(100 + offset), source: '/tenor/payment', time, subject: id(50), sequence: 1, customerId };
  return encodeEvent(paymentSettled, { ...envelope, data: settled(customerId) });
}

const item = (customerId: string, offset: number): Item =>
  itemOf(message(offset, event(customerId, offset)), undefined) ?? fail(offset);
const broken = (offset: number): Item => itemOf(message(offset, 'no json'), undefined) ?? fail(offset);
const offsets = (parts: readonly (readonly Item[])[]) =>
  parts.map((part) => part.map((one) => Number(one.message.offset)));

function fail(offset: number): never {
  throw new Error(`No item at ${offset}`);
}

describe('a message', () => {
  test('that cannot be read is an item, unless its consumer leaves it to others', () => {
    const unreadable = message(7, 'no json');
    expect(readerOf({})(unreadable)).toMatchObject({ kind: 'broken' });
    expect(readerOf({ passesOverUnreadable: true })(unreadable)).toBeUndefined();
    expect(readerOf({ passesOverUnreadable: true })(message(7, event(ana, 7)))).toEqual(item(ana, 7));
  });

  test('of a known type is an event of the customer in its key field', () => {
    expect(item(ana, 7)).toMatchObject({
      kind: 'event',
      delivery: { customerId: ana, offset: 7n, event: { subject: id(50) } },
    });
  });

  test.each([
    ['no JSON', 'no json', 'undecodable'],
    ['nothing at all', null, 'undecodable'],
    ['not what its contract says', event(ana, 1).replace('"IDR"', '1'), 'schema'],
  ])('that is %s is broken', (_, value, reason) => {
    expect(itemOf(message(1, value), undefined)).toMatchObject({ kind: 'broken', failure: { reason } });
  });

  test('of an unknown type, or of one that is not asked for, is passed over', () => {
    expect(itemOf(message(1, event(ana, 1).replace('payment.settled', 'payment.invented')), undefined)).toBeUndefined();
    expect(itemOf(message(1, event(ana, 1)), new Set(['loan.repaid']))).toBeUndefined();
  });
});

test('deliveries are sorted by customer and stay in order inside one', () => {
  const deliveries = [item(ben, 1), item(ana, 2), item(ben, 3), item(ana, 10)].flatMap((one): Delivery[] =>
    one.kind === 'event' ? [one.delivery] : [],
  );
  expect(byCustomer(deliveries).map(({ offset }) => Number(offset))).toEqual([2, 10, 1, 3]);
});

describe('a set that failed', () => {
  test.each([
    { what: 'several customers', items: [item(ben, 1), item(ana, 2), item(ben, 3)], parts: [[2], [1, 3]] },
    { what: 'one customer', items: [item(ana, 1), item(ana, 2)], parts: [[1], [2]] },
    { what: 'one event', items: [item(ana, 1)], parts: [[1]] },
    { what: 'something broken', items: [item(ana, 1), broken(2), item(ana, 3)], parts: [[2], [1, 3]] },
    { what: 'only something broken', items: [broken(1)], parts: [[1]] },
  ])('of $what falls into smaller ones', ({ items, parts }) => expect(offsets(split(items))).toEqual(parts));
});
