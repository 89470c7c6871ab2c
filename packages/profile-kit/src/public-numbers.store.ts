import { type Sql, statement } from '@tenor/service-kit';

/** What is numbered: `customer` of `kopa`. */
export interface NumberedKind {
  readonly profile: string;
  readonly kind: string;
}

const known = statement(
  'public_numbers_known',
  'select id, number from public_numbers where profile = $1 and kind = $2 and id = any($3::uuid[])',
);
// The last number is taken under its row's lock and lost when nothing comes of it: numbers have gaps, and no twins.
const number = statement(
  'public_numbers_next',
  `with missing as (
     select id, row_number() over (order by id) as place
       from unnest($3::uuid[]) as id
      where not exists (select from public_numbers p where p.profile = $1 and p.kind = $2 and p.id = id.id)
   ), taken as (
     insert into public_number_ends as ends (profile, kind, last)
     values ($1, $2, (select count(*) from missing))
     on conflict (profile, kind) do update set last = ends.last + excluded.last
     returning last
   )
   insert into public_numbers (profile, kind, id, number)
   select $1, $2, id, taken.last - (select count(*) from missing) + place from missing, taken
   on conflict do nothing`,
);
const find = statement(
  'public_numbers_find',
  'select id, owner from public_numbers where profile = $1 and kind = $2 and number = $3 order by owner',
);
const move = statement(
  'public_numbers_move',
  'update public_numbers set id = $4 where profile = $1 and kind = $2 and id = $3',
);
const claim = statement(
  'public_numbers_claim',
  `insert into public_numbers (profile, kind, id, owner, number)
   select $1, $2, * from unnest($3::uuid[], $4::text[], $5::bigint[])
   on conflict do nothing`,
);
const raise = statement(
  'public_numbers_raise',
  `insert into public_number_ends as ends (profile, kind, last) values ($1, $2, $3)
   on conflict (profile, kind) do update set last = greatest(ends.last, excluded.last)`,
);

/** The numbers of things by their ids; those that had none are given the next ones, in the order of their ids. */
export async function numbersOf(
  sql: Sql,
  { profile, kind }: NumberedKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const read = async () => {
    const rows = await sql.query<{ id: string; number: bigint }>(known, [profile, kind, wanted]);
    return new Map(rows.map((row) => [row.id, Number(row.number)]));
  };
  const found = await read();
  if (found.size === wanted.length) return found;
  await sql.query(number, [profile, kind, wanted]);
  return read();
}

/** As `numbersOf`, of one. */
export async function numberOf(sql: Sql, kind: NumberedKind, id: string): Promise<number> {
  const found = (await numbersOf(sql, kind, [id])).get(id);
  if (found === undefined) throw new Error(`The ${kind.kind} ${id} was given no number`);
  return found;
}

/** The ids that bear a number, with their owners; several only where a file numbered for each owner anew. */
export async function withNumber(
  sql: Sql,
  { profile, kind }: NumberedKind,
  sought: number,
): Promise<readonly { readonly id: string; readonly owner: string }[]> {
  return sql.query<{ id: string; owner: string }>(find, [profile, kind, sought]);
}

/** Lets the number of one thing stand for another, which takes its place and had none. */
export async function moveNumber(
  sql: Sql,
  { profile, kind }: NumberedKind,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  await sql.query(move, [profile, kind, from, to]);
}

/** Gives things the numbers that a file has for them, where they have none yet; new ones count on above the highest. */
export async function claimNumbers(
  sql: Sql,
  { profile, kind }: NumberedKind,
  claims: readonly { readonly id: string; readonly owner: string; readonly number: number }[],
): Promise<void> {
  if (claims.length === 0) return;
  await sql.query(claim, [
    profile,
    kind,
    claims.map(({ id }) => id),
    claims.map(({ owner }) => owner),
    claims.map((each) => each.number),
  ]);
  await numbersUntil(sql, { profile, kind }, Math.max(...claims.map((each) => each.number)));
}

/** Numbers up to this one are given to nothing new. */
export async function numbersUntil(sql: Sql, { profile, kind }: NumberedKind, last: number): Promise<void> {
  await sql.query(raise, [profile, kind, last]);
}
