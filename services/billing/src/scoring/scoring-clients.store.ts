import { type Sql, statement } from '@tenor/service-kit';
import type { EngineClient } from './scoring-answer.ts';

interface ClientRow {
  engine_id: string;
  token: string;
}

const select = statement(
  'scoring_clients_select',
  'select engine_id, token from scoring_clients where id = 1 and token is not null',
);
const lease = statement(
  'scoring_clients_lease',
  `insert into scoring_clients (id, leased_until) values (1, clock_timestamp() + $1 * interval '1 millisecond')
   on conflict (id) do update set leased_until = excluded.leased_until
    where scoring_clients.token is null and scoring_clients.leased_until <= clock_timestamp()
   returning id`,
);
const save = statement('scoring_clients_save', 'update scoring_clients set engine_id = $1, token = $2 where id = 1');
const release = statement('scoring_clients_release', 'update scoring_clients set leased_until = clock_timestamp()');
const forget = statement(
  'scoring_clients_forget',
  'update scoring_clients set token = null, engine_id = null, leased_until = clock_timestamp() where token = $1',
);

/** The client that the engine knows us as; undefined before the first registration. */
export async function findEngineClient(sql: Sql): Promise<EngineClient | undefined> {
  const [row] = await sql.query<ClientRow>(select);
  return row && { id: row.engine_id, token: row.token };
}

/** Whether this process alone may register us for so long. */
export async function leaseRegistration(sql: Sql, leaseMs: number): Promise<boolean> {
  return (await sql.query(lease, [leaseMs])).length > 0;
}

export async function saveEngineClient(sql: Sql, { id, token }: EngineClient): Promise<void> {
  await sql.query(save, [id, token]);
}

/** Lets somebody else try at once. */
export async function releaseRegistration(sql: Sql): Promise<void> {
  await sql.query(release);
}

/** Forgets a client that the engine has forgotten, unless another has taken its place by now. */
export async function forgetEngineClient(sql: Sql, { token }: EngineClient): Promise<void> {
  await sql.query(forget, [token]);
}
