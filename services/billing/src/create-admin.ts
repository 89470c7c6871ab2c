import { makeFirstUser } from './first-user.ts';

/** One-shot: the first administrator, who makes all other users. */
try {
  process.stdout.write(`${await makeFirstUser('admin', process.env)}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
