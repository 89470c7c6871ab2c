import {
  contradictions,
  deadLetterTopics,
  drained,
  endsOf,
  eventTopics,
  eventually,
  ledgerContradictions,
  type SqlConnection,
  subjectsOf,
  type TestSystem,
  unrest,
} from '@tenor/testing';
import type { LoadReport } from './load.ts';

/** What is wrong once the faults are over and all has come to rest; all empty or 0 in a sound system. */
export interface Aftermath {
  /** Acknowledged and not in the books. */
  readonly lost: readonly string[];
  /** In the books, or made by the provider, more often than acknowledged. */
  readonly doubled: number;
  readonly contradictions: Readonly<Record<string, readonly object[]>>;
  readonly unrest: Readonly<Record<string, string>>;
  readonly deadLetters: readonly string[];
  /** Subjects whose first-seen sequences on a topic are not 1, 2, 3 … */
  readonly gaps: readonly string[];
}

export type Acknowledged = Pick<LoadReport, 'payments' | 'reversals' | 'loans' | 'charges'>;

export const nothingWrong: Aftermath = {
  lost: [],
  doubled: 0,
  contradictions: {},
  unrest: {},
  deadLetters: [],
  gaps: [],
};

const booked = `
  select (select coalesce(array_agg(id::text), '{}') from payment.payments) as payments,
         (select coalesce(array_agg(id::text), '{}') from payment.payments where status = 'reversed') as reversals,
         (select coalesce(array_agg(id::text), '{}') from billing.loans) as loans,
         (select coalesce(array_agg(id::text), '{}') from payment.payments
           where method <> 'manual' and status = 'applied') as charges`;

/** A call that got no answer is given up after 10 s, and tried again. */
const CHARGES_TIMEOUT_MS = 30_000;
const onTheWay = `select id from payment.payments where status = 'pending'`;

/**
 * Waits until the charges are settled and both services have taken in everything, and looks for what the faults have
 * left; `charged` are the payments that the provider has made, as often as it did.
 */
export async function aftermathOf(
  system: TestSystem,
  sql: SqlConnection,
  load: Acknowledged,
  charged: () => readonly string[] = () => [],
): Promise<Aftermath> {
  await eventually(async () => (await sql.rows(onTheWay)).length === 0, { timeoutMs: CHARGES_TIMEOUT_MS });
  await drained(sql, system.tenant);
  const [books] = await sql.rows<Record<keyof Acknowledged, string[]>>(booked);
  const kinds = ['payments', 'reversals', 'loans', 'charges'] as const;
  const lost = kinds.flatMap((kind) => load[kind].filter((id) => !books?.[kind].includes(id)));
  lost.push(...load.charges.filter((id) => !charged().includes(id)));
  const doubled = kinds.map((kind) => (books?.[kind].length ?? 0) - new Set(load[kind]).size);
  doubled.push(charged().length - new Set(load.charges).size);
  const broken: Record<string, object[]> = {};
  for (const [rule, text] of Object.entries({ ...contradictions, ...ledgerContradictions })) {
    const rows = await sql.rows(text);
    if (rows.length > 0) broken[rule] = rows;
  }
  const [left = {}] = await sql.rows<Record<string, string>>(unrest);
  return {
    lost,
    doubled: doubled.reduce((sum, count) => sum + Math.abs(count), 0),
    contradictions: broken,
    unrest: Object.fromEntries(Object.entries(left).filter(([, count]) => count !== '0')),
    deadLetters: [...(await endsOf(system.tenant, deadLetterTopics)).keys()],
    gaps: (await Promise.all(eventTopics.map((topic) => gapsOf(system, topic)))).flat(),
  };
}

async function gapsOf({ tenant }: TestSystem, topic: string): Promise<string[]> {
  const { bySubject } = await subjectsOf(tenant, topic);
  return [...bySubject].flatMap(([subject, { sequences }]) =>
    sequences.some((sequence, index) => sequence !== index + 1) ? [`${topic} ${subject} ${sequences}`] : [],
  );
}
