import { readFileSync } from 'node:fs';
import { startSimulator } from './simulator.ts';

const SHUTDOWN_TIMEOUT_MS = 10_000;

const { HOST = '0.0.0.0', PORT = '8092' } = process.env;

/** A key as given, or from the file that KEY_FILE names; the simulator has no default for a secret. */
function read(key: string): string {
  const file = process.env[`${key}_FILE`];
  const text = file === undefined ? process.env[key] : readFileSync(file, 'utf8').trim();
  if (text) return text;
  process.stderr.write(`The notifications simulator needs ${key}, or ${key}_FILE.\n`);
  process.exit(1);
}

const simulator = await startSimulator({
  host: HOST,
  port: Number.parseInt(PORT, 10),
  apiKey: read('API_KEY'),
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), SHUTDOWN_TIMEOUT_MS).unref();
    simulator.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  });
}
