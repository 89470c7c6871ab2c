/** `npm run reset`: forgets all data of the local stack; the downloads stay. */

import { localFolder } from '../paths.ts';
import { resetFolder } from '../reset.ts';
import { messageOf, StackError } from '../stack-error.ts';

try {
  process.stdout.write(`${await resetFolder(localFolder, process.env)}\n`);
} catch (error) {
  process.stderr.write(
    `${error instanceof StackError ? error.message : ((error as Error).stack ?? messageOf(error))}\n`,
  );
  process.exit(1);
}
