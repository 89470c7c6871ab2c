/** `npm start`: the whole system in the foreground until Ctrl-C. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIssuer } from '../issuer.ts';
import { lastLines } from '../launch.ts';
import { localFolder } from '../paths.ts';
import { stopRecorded } from '../processes.ts';
import type { Death } from '../stack.ts';
import { messageOf, StackError } from '../stack-error.ts';
import { onStarterGone } from '../starter-watch.ts';
import { type System, startSystem } from '../system.ts';

const ABORT_POLL_MS = 200;
const EXIT_INTERRUPTED = 130;

// A terminal that was closed must not keep the system from being stopped.
process.stdout.on('error', () => undefined);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

let askToStop: (reason: string | Death) => void = () => undefined;
const stopAsked = new Promise<string | Death>((resolve) => {
  askToStop = resolve;
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => askToStop(signal));
onStarterGone(process.env, () => askToStop('npm ended'));

async function introduce(system: System, seconds: string): Promise<void> {
  const token = await createIssuer(join(localFolder, 'keys')).sign({ role: 'officer' });
  say(`
Tenor is up after ${seconds} s.
  gateway   ${system.gateway}   (docs: ${system.gateway}/docs)
  billing   ${system.billing}
  payment   ${system.payment}
  mockpay   ${system.paymentProvider}   (a simulated payment provider)
  bank      ${system.coreBanking}   (a simulated core banking)
  scoring   ${system.scoring}   (a simulated scoring engine)
  messages  ${system.notifications}/messages   (a simulated provider of e-mail and SMS)
  Kafka     ${system.brokers.join(',')}
  logs      ${localFolder}/logs

Try, as an officer for the next twelve hours (npm run -s token -- admin prints another):
  export TOKEN=${token}
  curl -s -H "Authorization: Bearer $TOKEN" ${system.gateway}/v1/products

Ctrl-C stops everything; npm run reset clears the data.`);
}

/** Ends what has been started so far, again and again, until the start gives up. */
async function abort(starting: Promise<System>): Promise<void> {
  say('\nStopping before the start is complete ...');
  let settled: System | 'failed' | undefined;
  starting.then(
    (system) => {
      settled = system;
    },
    () => {
      settled = 'failed';
    },
  );
  while (settled === undefined) {
    await stopRecorded(localFolder);
    await sleep(ABORT_POLL_MS);
  }
  if (settled !== 'failed') await settled.stop();
}

async function main(): Promise<number> {
  const begun = performance.now();
  const starting = startSystem({ folder: localFolder, env: process.env, onProgress: (line) => say(`- ${line}`) });
  const first = await Promise.race([starting, stopAsked]);
  if (typeof first === 'string' || 'how' in first) {
    await abort(starting);
    return EXIT_INTERRUPTED;
  }
  first.onDeath(askToStop);
  await introduce(first, String(Math.round((performance.now() - begun) / 100) / 10));
  const reason = await stopAsked;
  if (typeof reason !== 'string') {
    say(`\n${reason.name} ended (${reason.how}). The end of ${reason.logFile}:\n${lastLines(reason.logFile)}\n`);
  }
  say('\nStopping ...');
  await first.stop();
  say('Stopped.');
  return typeof reason === 'string' ? 0 : 1;
}

try {
  process.exit(await main());
} catch (error) {
  process.stderr.write(
    `\n${error instanceof StackError ? error.message : ((error as Error).stack ?? messageOf(error))}\n`,
  );
  process.exit(1);
}
