import { type AnyEvent, events } from '@tenor/contracts';
import { channels, factsOf, isNews, messageFor, texts, toldTypes } from '../../src/notifications/message.ts';
import { answerOf } from '../../src/notifications/provider-answer.ts';
import { recipientOf } from '../../src/notifications/recipient.ts';

const time = '2026-01-20T10:00:00Z';
const told = events.filter(({ type }) => toldTypes.has(type));
const eventOf = (type: string, data: object = {}, at = time) =>
  ({ type, time: at, data: { ...events.find((contract) => contract.type === type)?.example, ...data } }) as AnyEvent;

describe('a message', () => {
  test.each(told)('about $type says nothing but what the event has, and the name', ({ type }) => {
    const facts = factsOf(eventOf(type));
    const messages = channels.map((channel) => messageFor(type, channel, facts, 'Ana {loan_id} $&'));
    expect(messages.map(({ text }) => text.includes('undefined'))).toEqual([false, false]);
    expect(messages.map(({ text, subject }) => /\{(?!loan_id\})/.test(`${subject} ${text}`))).toEqual([false, false]);
    expect(messages[0]?.text).toContain('Dear Ana {loan_id} $&,');
    expect(Object.keys(facts)).not.toContain('name');
  });

  test('by SMS is short', () => {
    for (const entry of Object.values(texts)) expect(entry?.sms.length).toBeLessThanOrEqual(120);
  });

  test('is as the table has it', () =>
    expect(
      messageFor('loan.instalment_due_soon', 'email', factsOf(eventOf('loan.instalment_due_soon')), 'Ana Ng'),
    ).toEqual({
      subject: 'An instalment falls due on 2026-01-15',
      text: expect.stringContaining(
        'Dear Ana Ng,\n\ninstalment 2 of your loan, IDR 44000.00, falls due on 2026-01-15.',
      ),
    }));

  test('about anything else does not exist', () => {
    expect(() => factsOf(eventOf('loan.opened'))).toThrow(/no text/);
    expect(() => messageFor('loan.opened', 'sms', {}, '')).toThrow(/no text/);
    expect(() => messageFor('loan.approved', 'sms', {}, '')).toThrow(/approved_on/);
  });
});

describe('an event is news', () => {
  test.each([
    {
      type: 'loan.approved',
      data: { approved_on: '2026-01-20' },
      now: '2026-01-20T10:00:01Z',
      expected: true,
      because: 'it has just happened',
    },
    {
      type: 'loan.approved',
      data: { approved_on: '2026-01-17' },
      now: '2026-01-20T10:00:01Z',
      expected: true,
      because: 'it was dated back over a weekend',
    },
    {
      type: 'loan.approved',
      data: { approved_on: '2018-03-01' },
      now: '2026-01-20T10:00:01Z',
      expected: false,
      because: 'a loan of the past was imported',
    },
    {
      type: 'loan.approved',
      data: { approved_on: '2026-01-20' },
      now: '2026-01-21T10:00:01Z',
      expected: false,
      because: 'it is a day old',
    },
    {
      type: 'loan.rejected',
      data: {},
      now: '2026-01-20T12:00:00Z',
      expected: true,
      because: 'it has no day but that of its recording',
    },
    { type: 'loan.opened', data: {}, now: time, expected: false, because: 'nobody is told of it' },
  ])('$type at $now with $data: $expected, since $because', ({ type, data, now, expected }) =>
    expect(isNews(eventOf(type, data), new Date(now))).toBe(expected),
  );
});

describe('a customer', () => {
  const ana = {
    externalId: 'c-1',
    firstName: 'Ana',
    lastName: 'Ng',
    email: 'ana@example.com',
    phone: null,
    monthlyIncome: null,
  };
  test.each([
    {
      personal: ana,
      channel: 'email',
      expected: { to: 'ana@example.com', name: 'Ana Ng' },
      because: 'it has an address',
    },
    { personal: ana, channel: 'sms', expected: { skip: 'no_contact' }, because: 'it has no number' },
    {
      personal: { ...ana, phone: '+62811', firstName: null, lastName: null },
      channel: 'sms',
      expected: { to: '+62811', name: 'customer' },
      because: 'a number needs no name',
    },
    { personal: undefined, channel: 'email', expected: { skip: 'erased' }, because: 'nothing is known of it any more' },
  ] as const)('is reached by $channel as $expected: $because', ({ personal, channel, expected }) =>
    expect(recipientOf(personal, channel)).toEqual(expected),
  );
});

describe("a provider's answer", () => {
  test.each([
    { status: 201, body: { id: 'msg_1' }, expected: { kind: 'sent', reference: 'msg_1' } },
    { status: 200, body: { id: 'msg_1' }, expected: { kind: 'sent', reference: 'msg_1' } },
    { status: 200, body: '<html>', expected: { kind: 'faulted', reason: 'status 200' } },
    { status: 422, body: { code: 'recipient_unknown' }, expected: { kind: 'refused', code: 'recipient_unknown' } },
    { status: 422, body: { code: 'To: ana@example.com' }, expected: { kind: 'refused', code: 'refused_by_provider' } },
    { status: 401, body: {}, expected: { kind: 'faulted', reason: 'status 401' } },
    { status: 404, body: {}, expected: { kind: 'faulted', reason: 'status 404' } },
    { status: 429, body: {}, expected: { kind: 'faulted', reason: 'status 429' } },
    { status: 503, body: { id: 'msg_1' }, expected: { kind: 'faulted', reason: 'status 503' } },
  ])('$status $body is $expected', ({ status, body, expected }) => expect(answerOf(status, body)).toEqual(expected));
});
