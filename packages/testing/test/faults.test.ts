import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createTopic,
  deleteTopics,
  eventually,
  readTopic,
  startKafkaProxy,
  startTcpProxy,
  type TcpProxy,
  testStack,
} from '@tenor/testing';
import { Kafka, logLevel } from 'kafkajs';

describe('a TCP proxy', () => {
  let server: Server;
  let proxy: TcpProxy;
  const clients: Socket[] = [];

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => socket.write(bytes));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    proxy = await startTcpProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port });
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    proxy.cut();
    await proxy.set({ kind: 'none' });
  });
  afterAll(async () => {
    await proxy.close();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A connection through the proxy, and all that came back on it. */
  async function client() {
    const socket = connect(proxy);
    clients.push(socket);
    const got = { text: '', error: undefined as string | undefined };
    socket.on('data', (bytes) => {
      got.text += bytes.toString();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      got.error = error.code;
    });
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
    return { socket, got };
  }

  test('passes everything on, and the end', async () => {
    const { socket, got } = await client();
    socket.write('one');
    await eventually(() => expect(got.text).toBe('one'));
    socket.end();
    await eventually(() => expect(proxy.connections()).toBe(0));
  });

  test('delays, in order', async () => {
    const { socket, got } = await client();
    await proxy.set({ kind: 'delay', ms: 60, jitterMs: 30 });
    const started = performance.now();
    for (const digit of '0123456789') {
      socket.write(digit);
      await sleep(1);
    }
    await eventually(() => expect(got.text).toBe('0123456789'), { intervalMs: 2 });
    expect(performance.now() - started).toBeGreaterThanOrEqual(119);
  });

  test('throttles', async () => {
    const { socket, got } = await client();
    await proxy.set({ kind: 'throttle', bytesPerSecond: 1_000 });
    const started = performance.now();
    socket.write('x'.repeat(100));
    await eventually(() => expect(got.text).toHaveLength(100), { intervalMs: 2 });
    expect(performance.now() - started).toBeGreaterThanOrEqual(199);
  });

  test('refuses, and takes connections again on the same port', async () => {
    const open = await client();
    await proxy.set({ kind: 'refuse' });
    await eventually(() => expect(open.got.error).toBe('ECONNRESET'));
    expect((await client()).got.error).toBe('ECONNREFUSED');
    await proxy.set({ kind: 'none' });
    const { socket, got } = await client();
    socket.write('again');
    await eventually(() => expect(got.text).toBe('again'));
  });

  test('resets at once, or in the middle of an answer', async () => {
    const first = await client();
    proxy.cut();
    await eventually(() => expect(first.got.error).toBe('ECONNRESET'));
    const second = await client();
    await proxy.set({ kind: 'cut', afterBytes: 4 });
    second.socket.write('abcdefgh');
    await eventually(() => expect(second.socket.destroyed).toBe(true));
    expect(second.got.text).toBe('abcd');
  });

  test.each(['both', 'requests', 'answers'] as const)(
    'swallows %s; a connection that lost something stays dead',
    async (what) => {
      const { socket, got } = await client();
      const idle = await client();
      await proxy.set({ kind: 'swallow', what });
      socket.write('lost');
      const late = await client();
      late.socket.write('lost too');
      await sleep(50);
      await proxy.set({ kind: 'none' });
      socket.write('after');
      idle.socket.write('idle');
      await eventually(() => expect(idle.got.text).toBe('idle'));
      expect([got, late.got]).toEqual([
        { text: '', error: undefined },
        { text: '', error: undefined },
      ]);
    },
  );
});

describe('a Kafka proxy', () => {
  const topic = `proxy-${randomUUID()}`;
  afterAll(() => deleteTopics(testStack().brokers, topic));

  test('has all clients go through it, and loses acknowledgements of what was appended', async () => {
    const { brokers } = testStack();
    await createTopic(brokers, topic);
    const proxy = await startKafkaProxy(brokers);
    const client = new Kafka({ brokers: proxy.brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } });
    const admin = client.admin();
    await admin.connect();
    expect((await admin.describeCluster()).brokers.map(({ host, port }) => `${host}:${port}`)).toEqual(proxy.brokers);
    await admin.disconnect();

    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic, messages: [{ value: '"first"' }] });
    proxy.dropProduceAnswers(1);
    await expect(producer.send({ topic, messages: [{ value: '"second"' }] })).rejects.toThrow();
    expect(proxy.dropped()).toBe(1);
    await producer.disconnect();
    expect((await readTopic(brokers, topic)).map(({ value }) => value)).toEqual(['first', 'second']);

    await proxy.set({ kind: 'refuse' });
    await expect(client.producer().connect()).rejects.toThrow();
    await proxy.close();
  });
});
