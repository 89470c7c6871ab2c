import { makeFirstUser } from './first-user.ts';

/** One-shot: a user of role service, such as payment, before there is an administrator. */
try {
  process.stdout.write(`${await makeFirstUser('service', process.env)}\n`);
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
