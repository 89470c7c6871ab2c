import { type Sql, statement, type Transaction } from '@tenor/service-kit';
import type { Score } from './score.ts';

/** A query that this process may work on until its lease ends. */
export interface TakenQuery {
  readonly customerId: string;
  readonly loanId: string;
  /** Null until the engine has given one: the query is still to be initiated. */
  readonly token: string | null;
  /** How often it was initiated, this time included; from 1. */
  readonly initiations: number;
  /** How often its score was asked for, this time included; from 1 once there is a token. */
  readonly attempts: number;
  /** Whether the loan was decided by somebody else, or withdrawn. */
  readonly isSuperseded: boolean;
}

export type ScoreState = 'initiating' | 'querying' | 'scored' | 'exhausted' | 'superseded';

export interface ScoreQuery {
  readonly state: ScoreState;
  readonly initiations: number;
  readonly attempts: number;
  /** Null once it has ended. */
  readonly nextAt: string | null;
  readonly score: Score | null;
  readonly requestedAt: string;
  readonly endedAt: string | null;
}

type QueryKey = Pick<TakenQuery, 'customerId' | 'loanId'>;

interface TakenRow {
  customer_id: string;
  loan_id: string;
  token: string | null;
  initiations: number;
  attempts: number;
  is_superseded: boolean;
}
interface QueryRow {
  loan_id: string;
  state: ScoreState;
  initiations: number;
  attempts: number;
  next_at: string | null;
  score: string | null;
  limit_amount: string | null;
  exclusion: string | null;
  exclusion_reason: string | null;
  requested_at: string;
  ended_at: string | null;
}

// An initiation is counted as it is taken, which only its pace depends on.
const takeDue = statement(
  'score_queries_take',
  `with due as (
     select customer_id, loan_id from score_queries where next_at <= clock_timestamp()
      order by next_at limit $1 for update skip locked)
   update score_queries q
      set next_at = clock_timestamp() + $2 * interval '1 millisecond',
          initiations = q.initiations + (q.token is null)::integer
     from due, loans l
    where q.customer_id = due.customer_id and q.loan_id = due.loan_id
      and l.customer_id = q.customer_id and l.id = q.loan_id
   returning q.customer_id, q.loan_id, q.token, q.initiations, q.attempts, l.status <> 'pending' as is_superseded`,
);
const keepToken = statement(
  'score_queries_keep_token',
  `update score_queries set state = 'querying', token = $3, next_at = clock_timestamp()
    where customer_id = $1 and loan_id = $2 and state = 'initiating'`,
);
const countAttemptOf = statement(
  'score_queries_count_attempt',
  `update score_queries set attempts = attempts + 1
    where customer_id = $1 and loan_id = $2 and ended_at is null returning attempts`,
);
const postpone = statement(
  'score_queries_postpone',
  `update score_queries set next_at = clock_timestamp() + $3 * interval '1 millisecond'
    where customer_id = $1 and loan_id = $2 and ended_at is null`,
);
const endRow = statement(
  'score_queries_end',
  `update score_queries
      set state = $3, score = $4, limit_amount = $5, exclusion = $6, exclusion_reason = $7,
          next_at = null, ended_at = clock_timestamp()
    where customer_id = $1 and loan_id = $2 and ended_at is null
   returning loan_id`,
);
const select = statement(
  'score_queries_select',
  `select loan_id, state, initiations, attempts, next_at, score, limit_amount, exclusion, exclusion_reason, requested_at,
          ended_at
     from score_queries where customer_id = any($1::uuid[]) and loan_id = any($2::uuid[])`,
);

/** Queries that are due, the longest waiting first, each for nobody else until `leaseMs` have passed. */
export async function takeScoreQueries(
  sql: Sql,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<TakenQuery[]> {
  const rows = await sql.query<TakenRow>(takeDue, [limit, leaseMs]);
  return rows.map((row) => ({
    customerId: row.customer_id,
    loanId: row.loan_id,
    token: row.token,
    initiations: row.initiations,
    attempts: row.attempts,
    isSuperseded: row.is_superseded,
  }));
}

/** Keeps the token of an initiated query, whose score may be asked for at once; the first token stands. */
export async function keepQueryToken(sql: Sql, { customerId, loanId }: QueryKey, token: string): Promise<void> {
  await sql.query(keepToken, [customerId, loanId, token]);
}

/** Counts a query that is about to be sent, so that one whose process ends is counted too. Returns how many there were with it. */
export async function countAttempt(sql: Sql, { customerId, loanId }: QueryKey): Promise<number> {
  const [row] = await sql.query<{ attempts: number }>(countAttemptOf, [customerId, loanId]);
  return row?.attempts ?? Number.POSITIVE_INFINITY;
}

/** Lets a query that brought nothing wait for its next attempt. */
export async function postponeQuery(sql: Sql, { customerId, loanId }: QueryKey, byMs: number): Promise<void> {
  await sql.query(postpone, [customerId, loanId, byMs]);
}

/** Ends a query; false when it has ended already. The transaction holds the lock on its customer. */
export async function endScoreQuery(
  sql: Transaction,
  { customerId, loanId }: QueryKey,
  state: Extract<ScoreState, 'scored' | 'exhausted' | 'superseded'>,
  score: Score | null,
): Promise<boolean> {
  const told = [score?.score, score?.limitAmount, score?.exclusion, score?.exclusionReason].map((part) => part ?? null);
  return (await sql.query(endRow, [customerId, loanId, state, ...told])).length > 0;
}

/** Where the score of a loan stands; undefined for a loan that asks for none. */
export async function findScoreQuery(sql: Sql, key: QueryKey): Promise<ScoreQuery | undefined> {
  return (await findScoreQueries(sql, [key])).get(key.loanId);
}

/** As `findScoreQuery`, of several, by loan. */
export async function findScoreQueries(sql: Sql, keys: readonly QueryKey[]): Promise<Map<string, ScoreQuery>> {
  const values = [keys.map(({ customerId }) => customerId), keys.map(({ loanId }) => loanId)];
  const rows = await sql.query<QueryRow>(select, values);
  return new Map(rows.map((row) => [row.loan_id, toQuery(row)]));
}

function toQuery({
  score,
  limit_amount: limitAmount,
  exclusion,
  exclusion_reason: reason,
  ...row
}: QueryRow): ScoreQuery {
  return {
    state: row.state,
    initiations: row.initiations,
    attempts: row.attempts,
    nextAt: row.next_at,
    score: exclusion === null ? null : { score, limitAmount, exclusion, exclusionReason: reason },
    requestedAt: row.requested_at,
    endedAt: row.ended_at,
  };
}
