import { readFileSync } from 'node:fs';
import { businessDate } from '@tenor/calendar';
import { connect } from './client.ts';
import { lender } from './lender.ts';
import { narrator } from './narrator.ts';
import { tellOfALiveLoan } from './servicing-story.ts';
import { tellTheMainJob } from './story.ts';

/** Where the running system is: `GATEWAY_URL`, else what `npm start` wrote down. */
function gatewayUrl(): string {
  const given = process.env['GATEWAY_URL'];
  if (given !== undefined) return given.replace(/\/$/, '');
  try {
    const running = readFileSync(new URL('../../../.local-stack/running.json', import.meta.url), 'utf8');
    return (JSON.parse(running) as { gateway: string }).gateway;
  } catch {
    process.stderr.write('Nothing is running here. Start the system with `npm start`, or give GATEWAY_URL.\n');
    return process.exit(1);
  }
}

const tell = narrator((text) => process.stdout.write(text), process.stdout.isTTY);
const client = connect(gatewayUrl(), process.env['TOKEN']);
const started = new Date();
const run = `demo-${started.toISOString()}`;
const bank = lender(client, run);
const today = businessDate(started, process.env['TIME_ZONE'] ?? 'UTC');
await tellTheMainJob(bank, tell, today);
await tellOfALiveLoan(bank, tell, today);

process.stdout.write(`\n${tell.checks - tell.failures.length} of ${tell.checks} numbers are as they must be.\n`);
if (tell.failures.length > 0) {
  process.stderr.write(`${tell.failures.join('\n')}\n`);
  process.exit(1);
}
