import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { repositoryRoot } from './paths.ts';
import { StackError } from './stack-error.ts';

// Roles belong to the whole server, so two test files that provision at once would trip over each other.
const PROVISION_LOCK = 7_305_117;

export interface RolePasswords {
  readonly billing: string;
  readonly payment: string;
}

export interface ProvisionedUrls {
  readonly billingUrl: string;
  readonly paymentUrl: string;
}

/**
 * Makes the database unless it is there, and in it the roles and schemas of deploy/postgres/schemas.sql; may be repeated.
 * `adminUrl` is of a user who may create databases and roles. Returns the URLs of the two services' own roles.
 */
export async function provision(
  adminUrl: string,
  options: { database: string; passwords: RolePasswords },
): Promise<ProvisionedUrls> {
  const { database, passwords } = options;
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(database)) throw new StackError(`${database} is no name for a database.`);
  await withClient(adminUrl, async (admin) => {
    await admin.query('select pg_advisory_lock($1)', [PROVISION_LOCK]);
    const found = await admin.query('select from pg_database where datname = $1', [database]);
    if (found.rowCount === 0) await admin.query(`create database ${pg.escapeIdentifier(database)}`);
    await withClient(urlOf(adminUrl, { database }), async (inside) => {
      await inside.query(schemaScript(passwords));
    });
  });
  return {
    billingUrl: urlOf(adminUrl, { database, user: 'tenor_billing', password: passwords.billing }),
    paymentUrl: urlOf(adminUrl, { database, user: 'tenor_payment', password: passwords.payment }),
  };
}

/** The script with its psql variables filled in, as `psql -v billing_password=… -v payment_password=…` does. */
function schemaScript(passwords: RolePasswords): string {
  const values: Record<string, string> = { billing_password: passwords.billing, payment_password: passwords.payment };
  const script = readFileSync(join(repositoryRoot, 'deploy', 'postgres', 'schemas.sql'), 'utf8');
  return script.replace(/:'(\w+)'/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`schemas.sql asks for the unknown variable ${name}`);
    return pg.escapeLiteral(value);
  });
}

function urlOf(adminUrl: string, parts: { database: string; user?: string; password?: string }): string {
  const url = new URL(adminUrl);
  url.pathname = `/${parts.database}`;
  if (parts.user !== undefined) url.username = parts.user;
  if (parts.password !== undefined) url.password = encodeURIComponent(parts.password);
  return url.href;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
