import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newWebhookSecret, standardWebhookHeaders } from '@tenor/service-kit';
import { toldTypes } from '../../src/notifications/message.ts';
import { RETRY_PAUSES_MS } from '../../src/webhooks/retry-schedule.ts';

type Verify = (secret: string, headers: object, body: string, nowSeconds?: number) => unknown;

const PAGE = new URL('../../../../docs/webhooks.md', import.meta.url);
let page: string;
let folder: string;
let verify: Verify;
beforeAll(async () => {
  page = await readFile(PAGE, 'utf8');
  folder = await mkdtemp(join(tmpdir(), 'webhooks-page-'));
  const [, example = ''] = /```js\n([\s\S]*?)```/.exec(page) ?? [];
  const file = join(folder, 'verify.mjs');
  await writeFile(file, example);
  ({ verify } = (await import(pathToFileURL(file).href)) as { verify: Verify });
});
afterAll(() => rm(folder, { recursive: true }));

const NOW = 1_800_000_000;
const secret = newWebhookSecret();
const message = { id: 'message-1', timestamp: NOW, body: '{"type":"loan.approved","amount":"Rp 44.000 · é"}' };

describe('docs/webhooks.md', () => {
  test('has an example that takes what we sign, also beside another secret', () => {
    for (const secrets of [[secret], [newWebhookSecret(), secret]]) {
      const headers = standardWebhookHeaders({ ...message, secrets });
      expect(verify(secret, headers, message.body, NOW)).toEqual(JSON.parse(message.body));
    }
  });

  test('has an example that takes nothing else', () => {
    const headers = standardWebhookHeaders({ ...message, secrets: [secret] });
    const cases: [string, Parameters<Verify>][] = [
      ['not genuine', [secret, headers, `${message.body} `, NOW]],
      ['not genuine', [newWebhookSecret(), headers, message.body, NOW]],
      ['not genuine', [secret, { ...headers, 'webhook-id': 'message-2' }, message.body, NOW]],
      ['not genuine', [secret, { ...headers, 'webhook-signature': 'v1,AAAA v2,BBBB nonsense' }, message.body, NOW]],
      ['too old', [secret, headers, message.body, NOW + 301]],
      ['too old', [secret, headers, message.body]],
      ['unsigned', [secret, {}, message.body, NOW]],
    ];
    for (const [why, given] of cases) expect(() => verify(...given)).toThrow(why);
  });

  test('shows the schedule as it is', () => {
    const units = { s: 1_000, min: 60_000, h: 3_600_000 };
    const row = /\| after the one before \| at once \|(.*)\|\n/.exec(page)?.[1] ?? '';
    const shown = row.split('|').map((cell) => {
      const [count = '', unit = ''] = cell.trim().split(' ');
      return Number.parseInt(count, 10) * units[unit as keyof typeof units];
    });
    expect(shown).toEqual(RETRY_PAUSES_MS);
  });

  test('names what customers are told of', () => {
    for (const type of toldTypes) expect(page.slice(page.indexOf('## Notifications'))).toContain(`\`${type}\``);
  });
});
