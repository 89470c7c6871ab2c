import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { notificationSender } from '../../src/notifications/notifications.client.ts';

test('an answer without end is read no further than an answer can go', async () => {
  let written = 0;
  const piece = Buffer.alloc(64 * 1024, 'x');
  const server = createServer((_, response) => {
    response.writeHead(201);
    const write = (): void => {
      written += 1;
      if (!response.destroyed && written < 10_000) response.write(piece, write);
    };
    write();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const send = notificationSender({ url, apiKey: 'a-key-for-tests-only', timeoutMs: 10_000 });
  const message = { id: 'id', channel: 'sms', to: '+62', subject: null, text: 'text' } as const;
  expect(await send(message)).toEqual({ kind: 'faulted', reason: 'AnswerTooLargeError' });
  expect(written).toBeLessThan(200);
  server.closeAllConnections();
  await once(server.close(), 'close');
});
