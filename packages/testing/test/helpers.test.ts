import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  createTestTenant,
  createTopic,
  deleteGroups,
  deleteTopics,
  eventually,
  openSql,
  readTopic,
  type TestTenant,
  testIssuer,
  topicEnds,
  truncateTopics,
} from '@tenor/testing';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { Kafka, logLevel } from 'kafkajs';

describe('eventually', () => {
  test('returns what the first good attempt returns', async () => {
    let attempts = 0;
    const attempt = (): number => {
      attempts += 1;
      if (attempts < 3) throw new Error('not yet');
      return attempts;
    };
    expect(await eventually(attempt, { intervalMs: 1 })).toBe(3);
  });

  test('takes false for "not yet", and nothing for done', async () => {
    const answers = [false, false, true];
    expect(await eventually(() => answers.shift() ?? false, { intervalMs: 1 })).toBe(true);
    expect(await eventually(() => undefined)).toBeUndefined();
  });

  test.each([
    { attempt: () => Promise.reject(new Error('the last reason')), says: 'the last reason' },
    { attempt: () => false, says: 'Still false after 20 ms' },
  ])('gives up with: $says', async ({ attempt, says }) => {
    await expect(eventually(attempt, { timeoutMs: 20, intervalMs: 5 })).rejects.toThrow(says);
  });
});

describe('the test issuer', () => {
  test('is one for the whole run', async () => {
    const token = await testIssuer().token('officer', 'alice', { customerId: 'c-1' });
    const keys = createLocalJWKSet(JSON.parse(readFileSync(testIssuer().jwksFile, 'utf8')));
    const { payload } = await jwtVerify(token, keys, { issuer: testIssuer().issuer });
    expect(payload).toMatchObject({ sub: 'alice', roles: ['officer'], customer_id: 'c-1' });
    expect(decodeJwt(await testIssuer().token('auditor'))).toMatchObject({ sub: 'auditor', roles: ['auditor'] });
  });
});

describe('reading a topic', () => {
  let tenant: TestTenant;
  let kafka: Kafka;

  beforeAll(async () => {
    tenant = await createTestTenant('helpers');
    kafka = new Kafka({ brokers: tenant.brokers, logLevel: logLevel.NOTHING });
  });

  afterAll(() => tenant.drop());

  async function topicWith(messages: { partition: number; key: string; value: string | null }[]): Promise<string> {
    const topic = `${tenant.topicPrefix}${randomUUID()}`;
    await createTopic(tenant.brokers, topic, 3);
    const producer = kafka.producer();
    await producer.connect();
    const sent = messages.map((message) => ({ ...message, headers: { kind: 'sample' } }));
    if (sent.length > 0) await producer.send({ topic, messages: sent });
    await producer.disconnect();
    return topic;
  }

  test('gives all messages by partition and offset, decoded', async () => {
    const topic = await topicWith([
      { partition: 2, key: 'a', value: '{"n":1}' },
      { partition: 0, key: 'b', value: 'no JSON' },
      { partition: 2, key: 'a', value: null },
    ]);
    const headers = { kind: 'sample' };
    expect(await readTopic(tenant.brokers, topic)).toEqual([
      { partition: 0, offset: 0n, key: 'b', headers, value: 'no JSON' },
      { partition: 2, offset: 0n, key: 'a', headers, value: { n: 1 } },
      { partition: 2, offset: 1n, key: 'a', headers, value: null },
    ]);
  });

  test('gives nothing of an empty one', async () => {
    expect(await readTopic(tenant.brokers, await topicWith([]))).toEqual([]);
  });

  test('tells where each partition ends', async () => {
    const topic = await topicWith([{ partition: 1, key: 'a', value: '1' }]);
    expect(await topicEnds(tenant.brokers, [topic])).toEqual(
      [0n, 1n, 0n].map((end, partition) => ({ topic, partition, end })),
    );
  });

  test('empties topics, whose offsets go on where they were', async () => {
    const topic = await topicWith([{ partition: 1, key: 'a', value: '1' }]);
    await truncateTopics(tenant.brokers, [topic]);
    expect(await readTopic(tenant.brokers, topic)).toEqual([]);
    expect((await topicEnds(tenant.brokers, [topic])).map(({ end }) => end)).toEqual([0n, 1n, 0n]);
    await truncateTopics(tenant.brokers, [topic]);
  });

  test('forgets the places of consumer groups with a prefix, and of no others', async () => {
    const topic = await topicWith([{ partition: 0, key: 'a', value: '1' }]);
    const admin = kafka.admin();
    await admin.connect();
    const [one, two, other] = [`${topic}.one`, `${topic}.two`, `other-${topic}`];
    for (const groupId of [one, two, other]) {
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '1' }] });
    }
    expect(await deleteGroups(tenant.brokers, `${topic}.`)).toEqual([one, two]);
    expect(await deleteGroups(tenant.brokers, `${topic}.`)).toEqual([]);
    expect(await deleteGroups(tenant.brokers, other)).toEqual([other]);
    await admin.disconnect();
  });

  test('fails for one that does not exist, and for one that was deleted', async () => {
    const topic = await topicWith([{ partition: 0, key: 'a', value: '1' }]);
    await deleteTopics(tenant.brokers, topic);
    await eventually(() => expect(readTopic(tenant.brokers, topic)).rejects.toThrow('does not host this topic'));
  });
});

describe('a connection for tests', () => {
  test('gives rows, a bigint as text', async () => {
    const tenant = await createTestTenant('sql');
    const sql = await openSql(tenant.adminUrl);
    expect(await sql.rows('select $1::bigint as number, $2::text as text', [7, 'a'])).toEqual([
      { number: '7', text: 'a' },
    ]);
    await sql.close();
    await tenant.drop();
  });
});
