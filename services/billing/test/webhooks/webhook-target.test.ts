import {
  type Address,
  createTargetClient,
  type TargetClientOptions,
} from '../../src/webhooks/webhook-target.client.ts';
import { garbage, lost, proper, type Receiver, silent, startReceiver, unavailable } from './receiver.ts';

const posting = { id: 'message-1', body: '{}', secrets: ['whsec_AAAA'] };
const TIMEOUT_MS = 1_000;

let receiver: Receiver;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  receiver = await startReceiver();
});
beforeEach(() => {
  receiver.received.length = 0;
  receiver.behave(proper);
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});
afterAll(() => receiver.stop());

function client(options: Partial<TargetClientOptions> = {}) {
  const made = createTargetClient({ allowedHosts: [], timeoutMs: TIMEOUT_MS, ...options });
  stops.push(made.stop);
  return made;
}
/** A name server that says these, one after the other, and the last one for ever. */
function nameServer(...answers: readonly (readonly string[])[]) {
  const asked: string[] = [];
  return {
    asked,
    resolve: async (hostname: string): Promise<Address[]> => {
      const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
      asked.push(hostname);
      return answer.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    },
  };
}
const local = { allowedHosts: ['127.0.0.1'] };

describe('a connection to a target', () => {
  test.each([
    '127.0.0.1',
    '10.0.0.1',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '4000::1',
    '2606:4700::5efe:7f00:1',
    '169.254.169.254',
  ])('is refused where its name has the address %s', async (address) => {
    const names = nameServer([address]);
    const answer = await client(names).post({ ...posting, url: `http://internal.example:${receiver.port}/` });
    expect([answer, names.asked, receiver.received]).toEqual([
      { fault: 'refused_address', text: null },
      ['internal.example'],
      [],
    ]);
  });

  test('is refused where one of several addresses is internal, whichever comes first', async () => {
    for (const addresses of [
      ['127.0.0.1', '8.8.8.8'],
      ['8.8.8.8', '127.0.0.1'],
    ]) {
      const { resolve } = nameServer(addresses);
      const answer = await client({ resolve }).post({ ...posting, url: `http://mixed.example:${receiver.port}/` });
      expect(answer.fault).toBe('refused_address');
    }
  });

  test.each([
    '127.0.0.1',
    '0.0.0.0',
    '[::1]',
    '[::127.0.0.1]',
    '[4000::1]',
    '[2606:4700::5efe:7f00:1]',
    '[::ffff:127.0.0.1]',
    '2130706433',
    '0x7f000001',
    '017700000001',
  ])('is refused to the address %s in place of a name, which is looked up nowhere', async (host) => {
    const names = nameServer(['8.8.8.8']);
    const answer = await client(names).post({ ...posting, url: `http://${host}:${receiver.port}/` });
    expect([answer.fault, names.asked, receiver.received]).toEqual(['refused_address', [], []]);
  });

  test('goes to the address that was looked at, and is refused once the name has changed to another', async () => {
    // 127.0.0.1 plays the public address here, and 127.0.0.2 the internal one.
    const internal = await startReceiver('127.0.0.2', receiver.port);
    stops.push(internal.stop);
    const names = nameServer(['127.0.0.1'], ['127.0.0.2']);
    const target = client({ ...names, isPublic: (address) => address === '127.0.0.1' });
    const url = `http://rebinding.example:${receiver.port}/`;
    receiver.behave((response) => void response.writeHead(200, { connection: 'close' }).end());
    expect((await target.post({ ...posting, url })).statusCode).toBe(200);
    expect((await target.post({ ...posting, url })).fault).toBe('refused_address');
    expect([names.asked.length, receiver.received.length, internal.received.length]).toEqual([2, 1, 0]);
  });

  test('goes to an internal address where the operator has allowed the host, by name or by name and port', async () => {
    for (const allowedHosts of [['local.example'], [`local.example:${receiver.port}`]]) {
      const target = client({ ...nameServer(['127.0.0.1']), allowedHosts });
      const url = `http://local.example:${receiver.port}/`;
      expect(await target.post({ ...posting, url })).toEqual({ statusCode: 200, text: 'thanks' });
    }
    const target = client({ ...nameServer(['127.0.0.1']), allowedHosts: ['local.example:1'] });
    const answer = await target.post({ ...posting, url: `http://local.example:${receiver.port}/` });
    expect(answer.fault).toBe('refused_address');
  });

  test('is not made to a name without an address', async () => {
    const answer = await client(nameServer([])).post({ ...posting, url: 'http://nowhere.example/' });
    expect(answer.fault).toBe('unreachable');
  });
});

describe('an answer', () => {
  const post = (url = receiver.url) => client(local).post({ ...posting, url });

  test('that redirects is told as it is, and not followed', async () => {
    receiver.behave((response) => void response.writeHead(302, { location: receiver.url }).end());
    expect(await post()).toEqual({ statusCode: 302, text: '' });
    expect(receiver.received).toHaveLength(1);
  });

  test('is read no further than its first kilobyte, though it never ends', async () => {
    const { promise: hungUp, resolve: end } = Promise.withResolvers<void>();
    receiver.behave((response) => {
      response.on('close', end);
      response.writeHead(200);
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(1_000)));
      };
      response.on('drain', pour);
      pour();
    });
    const { statusCode, text } = await post();
    expect([statusCode, text?.length]).toEqual([200, 1_024]);
    await hungUp;
  });

  test('of which the body never comes counts by its status', async () => {
    receiver.behave((response) => void response.writeHead(204).flushHeaders());
    expect((await post()).statusCode).toBe(204);
    receiver.behave((response) => void response.writeHead(200).write('so f'));
    expect(await post()).toEqual({ statusCode: 200, text: 'so f' });
  });

  test('keeps no zero byte, which the database would refuse', async () => {
    receiver.behave(unavailable);
    expect(await post()).toEqual({ statusCode: 503, text: 'later' });
  });

  test.each([
    { name: 'that does not come', behaviour: silent, fault: 'timed_out' },
    { name: 'that is no HTTP', behaviour: garbage, fault: 'broken_answer' },
    { name: 'that is cut off before it begins', behaviour: lost, fault: 'broken_answer' },
  ])('$name is $fault', async ({ behaviour, fault }) => {
    receiver.behave(behaviour);
    expect(await post()).toEqual({ fault, text: null });
  });

  test('with more headers than fit is broken', async () => {
    receiver.behave((response) => void response.writeHead(200, { 'x-long': 'x'.repeat(20_000) }).end());
    expect((await post()).fault).toBe('broken_answer');
  });

  test('of nobody is unreachable', async () => {
    const closed = await startReceiver();
    await closed.stop();
    expect((await post(closed.url)).fault).toBe('unreachable');
  });
});
