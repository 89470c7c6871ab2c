import { readFileSync } from 'node:fs';
import { businessDate } from '@tenor/calendar';
import { SAMPLE } from '@tenor/sample-files';
import { connect } from './client.ts';
import { creditDesk } from './credit-desk.ts';
import { lender } from './lender.ts';
import { narrator } from './narrator.ts';
import { tellOfOnboarding } from './onboarding-story.ts';
import { type OutsideUrls, outside } from './outside.ts';
import { tellOfALiveLoan } from './servicing-story.ts';
import { tellTheMainJob } from './story.ts';

/** Where the running system is: `GATEWAY_URL` with its simulators where compose has them, else what `npm start` wrote down. */
function running(): OutsideUrls & { readonly gateway: string } {
  const given = process.env['GATEWAY_URL'];
  if (given !== undefined) {
    const { hostname } = new URL(given);
    const at = (port: number) => `http://${hostname}:${port}`;
    return { gateway: given.replace(/\/$/, ''), coreBanking: at(8091), notifications: at(8092), scoring: at(8093) };
  }
  try {
    return JSON.parse(readFileSync(new URL('../../../.local-stack/running.json', import.meta.url), 'utf8'));
  } catch {
    process.stderr.write('Nothing is running here. Start the system with `npm start`, or give GATEWAY_URL.\n');
    return process.exit(1);
  }
}

const tell = narrator((text) => process.stdout.write(text), process.stdout.isTTY);
const system = running();
const client = connect(system.gateway, process.env['TOKEN']);
const started = new Date();
const run = `demo-${started.toISOString()}`;
const bank = lender(client, run);
const today = businessDate(started, process.env['TIME_ZONE'] ?? 'UTC');
await tellTheMainJob(bank, tell, today);
await tellOfALiveLoan(bank, tell, today);
await tellOfOnboarding({ desk: creditDesk(client, run), outside: outside(system), tell }, run, SAMPLE);

process.stdout.write(`\n${tell.checks - tell.failures.length} of ${tell.checks} numbers are as they must be.\n`);
if (tell.failures.length > 0) {
  process.stderr.write(`${tell.failures.join('\n')}\n`);
  process.exit(1);
}
