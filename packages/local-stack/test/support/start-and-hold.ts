/** A starter to be killed by a test: starts a kept stack in the folder, tells its admin URL, and stays. */
import { startStack } from '../../src/index.ts';

const [folder = ''] = process.argv.slice(2);
const stack = await startStack({ folder, keep: true, only: 'embedded' });
process.stdout.write(`${stack.postgres.adminUrl}\n`);
