/**
 * Keeps a throw-away stack running for as long as somebody holds its standard input open, and then stops it. The pipe
 * closes however jest ends, by Ctrl-C and kill -9 too, so nothing is left behind. With --until-signal it runs until
 * SIGTERM. Its first line on standard output is the stack's coordinates.
 */
import { join } from 'node:path';
import { createIssuer, messageOf, type Stack, StackError, startStack, temporaryFolder } from '@tenor/local-stack';
import type { StackCoordinates } from '../coordinates.ts';

const release = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  if (process.argv.includes('--until-signal')) return;
  process.stdin.on('end', resolve).on('close', resolve).on('error', resolve).resume();
});

// Who read them may be gone already, which must not keep the stack from being stopped.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

async function start(folder: string): Promise<Stack> {
  const stack = await startStack({
    folder,
    keep: false,
    onProgress: (line) => process.stderr.write(`test stack: ${line}\n`),
  });
  stack.onDeath(({ name, how }) => process.stderr.write(`test stack: ${name} ended (${how})\n`));
  createIssuer(join(folder, 'keys'));
  const coordinates: StackCoordinates = {
    adminUrl: stack.postgres.adminUrl,
    brokers: stack.kafka.brokers,
    folder,
  };
  process.stdout.write(`${JSON.stringify(coordinates)}\n`);
  return stack;
}

try {
  const stack = await start(await temporaryFolder());
  await release;
  await stack.stop();
  process.exit(0);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : ((error as Error).stack ?? messageOf(error))}\n`,
  );
  process.exit(1);
}
