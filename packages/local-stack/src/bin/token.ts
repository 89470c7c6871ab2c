/** `npm run -s token -- officer [--subject alice] [--customer <id>] [--ttl <seconds>]`: a token of the local issuer. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createIssuer } from '../issuer.ts';
import { localFolder } from '../paths.ts';
import { messageOf } from '../stack-error.ts';

const USAGE = 'Usage: npm run -s token -- <role> [--subject <who>] [--customer <id>] [--ttl <seconds>]';

async function main(): Promise<string> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { subject: { type: 'string' }, customer: { type: 'string' }, ttl: { type: 'string' } },
  });
  const [role, ...others] = positionals;
  if (role === undefined || others.length > 0) throw new Error('one role is needed, such as officer');
  const ttlSeconds = values.ttl === undefined ? undefined : Number.parseInt(values.ttl, 10);
  if (Number.isNaN(ttlSeconds)) throw new Error('--ttl is a number of seconds');
  return createIssuer(join(localFolder, 'keys')).sign({
    role,
    ...(values.subject === undefined ? {} : { subject: values.subject }),
    ...(values.customer === undefined ? {} : { customerId: values.customer }),
    ...(ttlSeconds === undefined ? {} : { ttlSeconds }),
  });
}

try {
  process.stdout.write(`${await main()}\n`);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n${USAGE}\n`);
  process.exit(2);
}
