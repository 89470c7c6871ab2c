import type { References, ReferencesQuestion } from '@tenor/contracts';
import { type NumberedKind, numbersOf, wholeNumber, withNumber } from '@tenor/profile-kit';
import type { Sql } from '@tenor/service-kit';
import { findExternalIds } from '../customers/customers.store.ts';
import { customersByRef } from '../imports/imported-loans.store.ts';
import { loanNames, loansByExternalIds } from '../loans/loan-reads.store.ts';

type CustomerReference = References['customers'][number];
type LoanReference = References['loans'][number];

/** The known ones of these customers: by external id, else by whole number, and by id. */
export async function customerReferences(
  sql: Sql,
  refOf: (externalId: string) => string,
  { profile, customers: names = [], customer_ids: ids = [] }: ReferencesQuestion,
): Promise<CustomerReference[]> {
  const kind = { profile, kind: 'customer' };
  const byRef = await customersByRef(sql, names.map(refOf));
  const named = await namedIds(sql, kind, names, (name) => byRef.get(refOf(name)));
  const all = [...named, ...ids.map((id) => ({ id, name: null }))];
  const externalIds = await findExternalIds(
    sql,
    all.map(({ id }) => id),
  );
  const known = all.filter(({ id }) => externalIds.has(id));
  const numbers = await numbersOf(
    sql,
    kind,
    known.map(({ id }) => id),
  );
  return known.map(({ id, name }) => ({
    id,
    name,
    external_id: externalIds.get(id) ?? null,
    number: numbers.get(id) ?? 0,
  }));
}

/** The known ones of these loans, in the same way. */
export async function loanReferences(
  sql: Sql,
  { profile, loans: names = [], loan_ids: ids = [] }: ReferencesQuestion,
): Promise<LoanReference[]> {
  const kind = { profile, kind: 'loan' };
  const called = new Map((await loansByExternalIds(sql, names)).map((loan) => [loan.externalId, loan.loanId]));
  const named = await namedIds(sql, kind, names, (name) => called.get(name));
  const all = [...named, ...ids.map((id) => ({ id, name: null }))];
  const loans = new Map(
    (
      await loanNames(
        sql,
        all.map(({ id }) => id),
      )
    ).map((loan) => [loan.loanId, loan]),
  );
  const numbers = await numbersOf(sql, kind, [...loans.keys()]);
  return all.flatMap(({ id, name }) => {
    const loan = loans.get(id);
    if (loan === undefined) return [];
    return [{ id, name, customer_id: loan.customerId, external_id: loan.externalId, number: numbers.get(id) ?? 0 }];
  });
}

async function namedIds(
  sql: Sql,
  kind: NumberedKind,
  names: readonly string[],
  idOf: (name: string) => string | undefined,
): Promise<{ readonly id: string; readonly name: string }[]> {
  const found: { id: string; name: string }[] = [];
  for (const name of new Set(names)) {
    const number = idOf(name) === undefined ? wholeNumber(name) : undefined;
    const [numbered] = number === undefined ? [] : await withNumber(sql, kind, number);
    const id = idOf(name) ?? numbered?.id;
    if (id !== undefined) found.push({ id, name });
  }
  return found;
}
