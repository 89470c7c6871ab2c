import { type Asking, changedFields, type DataChange, type Fields } from './data-change.ts';
import type { Sql, Transaction } from './database.ts';
import { idAt, newId } from './ids.ts';
import { statement } from './statement.ts';

/** A change as auditors read it. */
export interface AuditEntry {
  readonly id: string;
  readonly recorded_at: string;
  readonly caller: string;
  /** Null, as address and request id, where nothing is kept of a request. */
  readonly roles: readonly string[] | null;
  readonly address: string | null;
  readonly request_id: string | null;
  readonly entity: string;
  readonly entity_id: string;
  readonly action: string;
  readonly before: Fields | null;
  readonly after: Fields | null;
}

export interface AuditFilter {
  readonly entity?: string | undefined;
  readonly entityId?: string | undefined;
  readonly caller?: string | undefined;
  /** First and last instant. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** The page goes on below this id. */
  readonly before?: string | undefined;
}

/** Rows that tell of changes as the log does, and are kept for another purpose. */
export interface AuditSource {
  /** The only entity that it tells of. */
  readonly entity: string;
  /** Whether an entity of it can have this id. */
  readonly isId: (id: string) => boolean;
  /** Selects what an entry has, without a condition. */
  readonly select: string;
  /** By what rows are found, in SQL; `id` is a UUIDv7 of about the time of recording, in whose order an index reads them. */
  readonly columns: { readonly id: string; readonly caller: string; readonly recordedAt: string };
  /** The condition that the entity has the id of this parameter. */
  readonly ofEntity: (parameter: string) => string;
}

const insertAll = statement(
  'audit_log_insert',
  `insert into audit_log (id, caller, roles, address, request_id, entity, entity_id, action, before, after)
     select id, caller, array(select jsonb_array_elements_text(roles)), address, request_id, entity, entity_id, action,
            before, after
       from unnest($1::uuid[], $2::text[], $3::jsonb[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                   $9::jsonb[], $10::jsonb[])
         as new (id, caller, roles, address, request_id, entity, entity_id, action, before, after)`,
);

/** A change with who asked for it. */
export interface AskedChange extends DataChange {
  readonly by: Asking;
}

/** Keeps changes in the transaction that makes them, with one statement; one that changed no field is left out. */
export function writeAuditLog(sql: Transaction, changes: readonly AskedChange[]): void {
  const told = changes.map(({ by, ...change }) => ({ by, ...changedFields(change) })).filter(changesSomething);
  if (told.length === 0) return;
  const json = (fields: Fields | null): string | null => fields && JSON.stringify(fields);
  sql.write(insertAll, [
    told.map(() => newId()),
    told.map(({ by }) => by.caller.id),
    told.map(({ by }) => JSON.stringify(by.caller.roles)),
    told.map(({ by }) => by.address ?? null),
    told.map(({ by }) => by.requestId),
    told.map(({ entity }) => entity),
    told.map(({ id }) => id),
    told.map(({ action }) => action),
    told.map(({ before }) => json(before)),
    told.map(({ after }) => json(after)),
  ]);
}

function changesSomething({ before, after }: DataChange): boolean {
  return before === null || after === null || Object.keys(after).length > 0;
}

const own = {
  select: `select a.id, a.recorded_at, a.caller, a.roles, a.address, a.request_id, a.entity, a.entity_id, a.action,
                  a.before, a.after from audit_log a`,
  columns: { id: 'a.id', caller: 'a.caller', recordedAt: 'a.recorded_at' },
  ofEntity: (parameter: string) => `a.entity_id = ${parameter}`,
};

/** At most as many entries as `limit` of the log and the sources together, newest first. */
export async function readAuditLog(
  sql: Sql,
  sources: readonly AuditSource[],
  filter: AuditFilter,
  limit: number,
): Promise<AuditEntry[]> {
  const { entity, entityId } = filter;
  const asked = sources.filter(
    (source) => (entity === undefined || entity === source.entity) && (entityId === undefined || source.isId(entityId)),
  );
  const found = await Promise.all([
    readFrom(sql, 'log', own, { ...filter, ofLog: entity }, limit),
    ...asked.map((source) => readFrom(sql, source.entity, source, filter, limit)),
  ]);
  const newestFirst = found.flat().sort((a, b) => (a.id < b.id ? 1 : -1));
  return newestFirst.slice(0, limit);
}

/** An id is made while a transaction runs, at most so long before or after the time that its row says, clocks included. */
const ID_SLACK_MS = 60_000;

function readFrom(
  sql: Sql,
  name: string,
  { select, columns, ofEntity }: Pick<AuditSource, 'select' | 'columns' | 'ofEntity'>,
  { ofLog, entityId, caller, from, to, before }: AuditFilter & { ofLog?: string | undefined },
  limit: number,
): Promise<AuditEntry[]> {
  const conditions: [condition: (parameter: string) => string, key: string, value: string | undefined][] = [
    [(parameter) => `a.entity = ${parameter}`, 'entity', ofLog],
    [ofEntity, 'id', entityId],
    [(parameter) => `${columns.caller} = ${parameter}`, 'caller', caller],
    [(parameter) => `${columns.recordedAt} >= ${parameter}`, 'from', from],
    [(parameter) => `${columns.id} >= ${parameter}`, 'first', from && idAt(new Date(Date.parse(from) - ID_SLACK_MS))],
    [(parameter) => `${columns.recordedAt} <= ${parameter}`, 'to', to],
    [(parameter) => `${columns.id} < ${parameter}`, 'last', to && idAt(new Date(Date.parse(to) + ID_SLACK_MS))],
    [(parameter) => `${columns.id} < ${parameter}`, 'before', before],
  ];
  const given = conditions.filter(([, , value]) => value !== undefined);
  const tests = given.map(([condition], index) => condition(`$${index + 2}`));
  const where = tests.length === 0 ? '' : `where ${tests.join(' and ')}`;
  // Only the conditions that are asked for: one text for all of them would be planned for none of them.
  const list = statement(
    ['audit', name, ...given.map(([, key]) => key)].join('_'),
    `${select} ${where} order by ${columns.id} desc limit $1`,
  );
  return sql.query<AuditEntry>(list, [limit, ...given.map(([, , value]) => value)]);
}
