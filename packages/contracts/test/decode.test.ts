import { createDecoder, decodeEvent, encodeEvent, events, loanPaid, loanRepaid } from '../src/index.ts';
import { bytesOf, repaidMessage } from './messages.ts';

const decodeData = (changes: object) =>
  decodeEvent(bytesOf(repaidMessage({ data: { ...loanRepaid.example, ...changes } })));

describe('decoding', () => {
  test.each(events.map((event) => [event.type, event] as const))(
    'gives back the %s that was encoded',
    (type, event) => {
      const ids: Readonly<Record<string, unknown>> = event.example;
      const key = String(ids[event.subject === 'day' ? 'day' : 'customer_id']);
      const text = encodeEvent(event, {
        id: '019aa4f1-6c00-7000-8000-00000000e001',
        source: '/tenor/billing',
        subject: String(ids[event.subject === 'day' ? 'day' : `${event.subject}_id`]),
        time: '2026-01-08T09:30:00.123456Z',
        sequence: 7n,
        ...(event.subject === 'day' ? {} : { customerId: key }),
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        data: event.example,
      });
      const envelope = { type, sequence: 7, partitionkey: key, dataschema: event.dataschema };
      expect(decodeEvent(Buffer.from(text))).toMatchObject({
        ok: true,
        known: true,
        event: { ...envelope, data: event.example },
      });
      expect(decodeEvent(text)).toEqual(decodeEvent(Buffer.from(text)));
    },
  );

  test('accepts fields that were added later, at every depth', () => {
    const [allocation] = loanRepaid.example.allocations;
    const data = { ...loanRepaid.example, added: 1, allocations: [{ ...allocation, tax: '1.00' }] };
    const decoded = decodeEvent(bytesOf(repaidMessage({ data, extension: 'x' })));
    expect(decoded).toMatchObject({ ok: true, known: true, event: { data, extension: 'x' } });
  });

  test('marks a sound event of a type that it does not know, to be skipped', () => {
    const decoded = decodeEvent(bytesOf(repaidMessage({ type: 'loan.forgiven', data: { any: 'thing' } })));
    expect(decoded).toMatchObject({ ok: true, known: false, event: { type: 'loan.forgiven' } });
  });

  test('knows only the contracts that it was made for', () => {
    const decode = createDecoder([loanPaid]);
    expect(decode(bytesOf(repaidMessage()))).toMatchObject({ ok: true, known: false });
  });
});

describe('refuses as undecodable', () => {
  test.each([
    ['a tombstone', null],
    ['nothing', Buffer.alloc(0)],
    ['text that is not JSON', Buffer.from('{"id":')],
    ['a list', Buffer.from('[]')],
    ['null', Buffer.from('null')],
    ['a bare string', Buffer.from('"loan.repaid"')],
    ['bytes that are not UTF-8', Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')])],
  ])('%s', (_, bytes) => {
    expect(decodeEvent(bytes)).toEqual({ ok: false, reason: 'undecodable', detail: 'The message is no JSON object.' });
  });
});

describe('refuses as broken against its schema', () => {
  test.each([
    ['an amount as a number', { amount: 44000 }, '/data/amount'],
    ['a negative amount', { amount: '-1.00' }, '/data/amount'],
    ['a day that does not exist', { value_date: '2026-02-30' }, '/data/value_date'],
    ['an unknown status', { status: 'open' }, '/data/status'],
    ['a broken allocation', { allocations: [{ instalment: 0 }] }, '/data/allocations/0/'],
    ['a reason in words', { reason: 'Did not fit' }, '/data/reason'],
  ])('%s', (_, changes, pointer) => {
    const decoded = decodeData(changes);
    const { id, subject, type } = repaidMessage();
    expect(decoded).toMatchObject({ ok: false, reason: 'schema', id, subject, type });
    expect(decoded).toHaveProperty('detail', expect.stringContaining(pointer));
  });

  test.each([
    ['no id', { id: undefined }, '/id is missing'],
    ['an id that is no UUID', { id: '1' }, '/id'],
    ['no data', { data: undefined }, '/data is missing'],
    ['another version of CloudEvents', { specversion: '0.3' }, '/specversion'],
    ['a time without its zone', { time: '2026-01-08T09:30:00' }, '/time'],
    ['a time elsewhere than in UTC', { time: '2026-01-08T09:30:00+02:00' }, '/time'],
    ['sequence zero', { sequence: 0 }, '/sequence'],
    ['a sequence as a string', { sequence: '3' }, '/sequence'],
    ['a subject that is no id', { subject: 'loan 7' }, '/subject'],
    ['no type', { type: undefined }, '/type is missing'],
    [
      'an unknown type without a customer',
      { type: 'loan.forgiven', partitionkey: undefined },
      '/partitionkey is missing',
    ],
  ])('%s', (_, changes, detail) => {
    const decoded = decodeEvent(bytesOf(repaidMessage(changes)));
    expect(decoded).toMatchObject({ ok: false, reason: 'schema' });
    expect(decoded).toHaveProperty('detail', expect.stringContaining(detail));
  });

  test('and tells only what can still be relied on: no id that is no UUID, no endless or odd subject', () => {
    const decoded = decodeEvent(bytesOf(repaidMessage({ id: 'x', subject: 'y'.repeat(201), type: 7 })));
    expect(decoded).toEqual({ ok: false, reason: 'schema', detail: expect.any(String) });
    const broken = decodeEvent(bytesOf(repaidMessage({ time: 1, subject: 'loan 7' })));
    expect(broken).toMatchObject({ subject: 'loan 7', type: 'loan.repaid', id: expect.any(String) });
  });
});
