import { join } from 'node:path';
import { businessDate } from '@tenor/calendar';
import { createIssuer, localFolder, runningSystem } from '@tenor/local-stack';
import { SAMPLE } from '@tenor/sample-files';
import { connect } from './client.ts';
import { creditDesk } from './credit-desk.ts';
import { lender } from './lender.ts';
import { tellOfALogin } from './login-story.ts';
import { narrator } from './narrator.ts';
import { tellOfOnboarding } from './onboarding-story.ts';
import { type OutsideUrls, outside } from './outside.ts';
import { tellOfALiveLoan } from './servicing-story.ts';
import { tellTheMainJob } from './story.ts';

/** Where the system is, and as whom to call it. */
interface Place extends OutsideUrls {
  readonly gateway: string;
  /** Undefined where nobody is asked for one. */
  tokenOf(role: string): Promise<string | undefined>;
}

/** What `GATEWAY_URL` names, with its simulators where compose has them and `TOKEN` for all, else what `npm start` runs. */
function running(): Place {
  const given = process.env['GATEWAY_URL'];
  if (given !== undefined) {
    const { hostname } = new URL(given);
    const at = (port: number) => `http://${hostname}:${port}`;
    const tokenOf = async () => process.env['TOKEN'];
    return {
      gateway: given.replace(/\/$/, ''),
      tokenOf,
      coreBanking: at(8091),
      notifications: at(8092),
      scoring: at(8093),
    };
  }
  const system = runningSystem();
  if (system === undefined) {
    process.stderr.write('Nothing is running here. Start the system with `npm start`, or give GATEWAY_URL.\n');
    return process.exit(1);
  }
  return { ...system, tokenOf: (role) => createIssuer(join(localFolder, 'keys')).sign({ role }) };
}

const tell = narrator((text) => process.stdout.write(text), process.stdout.isTTY);
const system = running();
const as = async (role: string) => connect(system.gateway, await system.tokenOf(role));
const admin = await as('admin');
const started = new Date();
const run = `demo-${started.toISOString()}`;
const officer = lender(await as('officer'), run);
const today = businessDate(started, process.env['TIME_ZONE'] ?? 'UTC');
await tellTheMainJob(officer, tell, today);
await tellOfALiveLoan(lender(admin, run), tell, today);
await tellOfOnboarding({ desk: creditDesk(admin, run), outside: outside(system), tell }, run, SAMPLE);
await tellOfALogin({ gateway: system.gateway, officer, tell }, run);

process.stdout.write(`\n${tell.checks - tell.failures.length} of ${tell.checks} numbers are as they must be.\n`);
if (tell.failures.length > 0) {
  process.stderr.write(`${tell.failures.join('\n')}\n`);
  process.exit(1);
}
