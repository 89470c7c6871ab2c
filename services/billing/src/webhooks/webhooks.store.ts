import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { ChangedWebhook, DisabledReason, Webhook } from './webhook.ts';

export interface NewWebhook extends Pick<Webhook, 'id' | 'url' | 'description' | 'eventTypes'> {
  readonly secret: string;
}

interface WebhookRow {
  id: string;
  url: string;
  description: string | null;
  event_types: string[];
  disabled_reason: DisabledReason | null;
  disabled_at: string | null;
  failing_since: string | null;
  version: number;
  created_at: string;
}

/** How long a secret that was replaced goes on signing beside the new one. */
const FORMER_SECRET_HOURS = 24;

const columns = 'id, url, description, event_types, disabled_reason, disabled_at, failing_since, version, created_at';

const insert = statement(
  'webhooks_insert',
  'insert into webhooks (id, url, description, event_types, secret) values ($1, $2, $3, $4::text[], $5)',
);
const count = statement('webhooks_count', 'select count(*)::int as count from webhooks');
const select = statement('webhooks_select', `select ${columns} from webhooks where id = $1`);
const lock = statement('webhooks_lock', `select ${columns} from webhooks where id = $1 for no key update`);
const selectPage = statement(
  'webhooks_page',
  `select ${columns} from webhooks where $1::uuid is null or id < $1 order by id desc limit $2`,
);
// Whoever enables it wants to see it tried at once.
const update = statement(
  'webhooks_update',
  `update webhooks
      set url = $2, description = $3, event_types = $4::text[], version = $5, disabled_reason = $6,
          status = case when $6::text is null then 'enabled' else 'disabled' end,
          disabled_at = case when $6::text is not null then coalesce(disabled_at, clock_timestamp()) end,
          failing_since = case when $6::text is null and status = 'disabled' then null else failing_since end,
          failed_turns = case when $6::text is null and status = 'disabled' then 0 else failed_turns end,
          next_turn_at = case when $6::text is null and status = 'disabled' then clock_timestamp() else next_turn_at end
    where id = $1`,
);
const rotate = statement(
  'webhooks_rotate_secret',
  `update webhooks
      set former_secret = secret, former_secret_until = clock_timestamp() + $3 * interval '1 hour',
          secret = $2, secret_number = secret_number + 1
    where id = $1 returning secret_number`,
);
const selectSecret = statement(
  'webhooks_select_secret',
  'select secret from webhooks where id = $1 and secret_number = $2',
);
const remove = statement('webhooks_delete', 'delete from webhooks where id = $1 returning id');

const toWebhook = ({ disabled_reason: reason, disabled_at: at, ...row }: WebhookRow): Webhook => ({
  id: row.id,
  url: row.url,
  description: row.description,
  eventTypes: row.event_types,
  disabled: reason === null || at === null ? null : { reason, at },
  failingSince: row.failing_since,
  version: row.version,
  createdAt: row.created_at,
});

export function insertWebhook(sql: Transaction, webhook: NewWebhook): void {
  const { id, url, description, eventTypes, secret } = webhook;
  sql.write(insert, [id, url, description, eventTypes, secret]);
}

export async function countWebhooks(sql: Sql): Promise<number> {
  const [row] = await sql.query<{ count: number }>(count);
  return row?.count ?? 0;
}

export async function findWebhook(sql: Sql, id: string): Promise<Webhook | undefined> {
  const [row] = await sql.query<WebhookRow>(select, [id]);
  return row && toWebhook(row);
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockWebhook(sql: Sql, id: string): Promise<Webhook | undefined> {
  const [row] = await sql.query<WebhookRow>(lock, [id]);
  return row && toWebhook(row);
}

/** Newest first. */
export async function pageOfWebhooks(sql: Sql, before: string | undefined, limit: number): Promise<Webhook[]> {
  return (await sql.query<WebhookRow>(selectPage, [before ?? null, limit])).map(toWebhook);
}

export function updateWebhook(sql: Transaction, id: string, changed: ChangedWebhook): void {
  const { url, description, eventTypes, version, disabledReason } = changed;
  sql.write(update, [id, url, description, eventTypes, version, disabledReason]);
}

/** Replaces the secret, and returns which one of its webhook the new one is; undefined without such a webhook. */
export async function replaceSecret(sql: Sql, id: string, secret: string): Promise<number | undefined> {
  const [row] = await sql.query<{ secret_number: number }>(rotate, [id, secret, FORMER_SECRET_HOURS]);
  return row?.secret_number;
}

/** The secret of that number, while it is the newest; null after that. */
export async function secretNumbered(sql: Sql, id: string, number: number): Promise<string | null> {
  const [row] = await sql.query<{ secret: string }>(selectSecret, [id, number]);
  return row?.secret ?? null;
}

/** Removes it with all of its deliveries. Returns whether there was one. */
export async function deleteWebhook(sql: Sql, id: string): Promise<boolean> {
  return (await sql.query(remove, [id])).length > 0;
}
