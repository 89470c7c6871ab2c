import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { type Simulator, startSimulator } from '@tenor/payment-gateway-simulator';
import { startTestSystem, type TestSystem } from '@tenor/testing';

const README = new URL('../../../README.md', import.meta.url);
let system: TestSystem;
let simulator: Simulator;

beforeAll(async () => {
  const [apiKey, webhookSecret] = ['an-api-key-for-tests', 'a-webhook-secret-for-tests'];
  const webhookUrl = () => `${system.url}/v1/gateway/mockpay/webhooks`;
  simulator = await startSimulator({ host: '127.0.0.1', port: 0, apiKey, webhookSecret, webhookUrl });
  const mockpay = { url: simulator.url, api_key: apiKey, webhook_secrets: [webhookSecret] };
  system = await startTestSystem('readme', {
    GATEWAY_PROVIDERS: JSON.stringify({ mockpay }),
  });
}, 60_000);
afterAll(async () => {
  await system?.stop();
  await simulator?.stop();
});

/** What a value looks like, without the ids and instants that differ from run to run. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner)]));
  }
  if (typeof value !== 'string') return value;
  return value.replace(/^[0-9a-f-]{36}$/, 'id').replace(/^\d{4}-\d\d-\d\d(T[\d:.]+Z)?$/, 'date');
}

describe('the README', () => {
  test('prints first curls that work, with the answers as they really are', async () => {
    const text = await readFile(README, 'utf8');
    const section = text.slice(text.indexOf('## First curls'), text.indexOf('## Subscribing'));
    const blocks = (language: string) =>
      [...section.matchAll(new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``, 'g'))].map((match) => match[1] ?? '');
    const script = blocks('sh').join('\n').replaceAll('localhost:8000', system.url);
    // Answers whose ids are kept go to standard error: both streams together, through a pipe, are what a reader sees.
    const { stdout } = await promisify(execFile)('bash', ['-c', `{\n${script}\n} 2>&1 | cat`], {
      env: { ...process.env, TOKEN: system.token },
    });
    const answers = stdout.split(/(?<=\})\s*(?=\{"|$)/).filter((answer) => answer.startsWith('{'));
    expect(answers.map((answer) => shapeOf(JSON.parse(answer)))).toEqual(
      blocks('json').map((answer) => shapeOf(JSON.parse(answer))),
    );
  }, 30_000);
});
