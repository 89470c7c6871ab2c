import { type Database, sha256 } from '@tenor/service-kit';
import { type Finding, rootFindings } from './finding.ts';
import { type DayTrees, dayTrees, type KeptHead } from './journal-root.ts';
import { BEFORE_ALL, keptBetween, nextLoans, signedRoots } from './journal-roots.store.ts';
import { oneSnapshot, proofsOf } from './loan-proof.store.ts';
import type { RootTrust } from './root-trust.store.ts';

/** In memory at once; so few that folding them, with hundreds of payments each, does not keep their snapshot waiting. */
const LOANS_PER_PAGE = 50;

export interface Verified {
  readonly loans: number;
  readonly roots: number;
  readonly findings: number;
}

/**
 * Proves all loans in the order of their ids, a page in a snapshot of its own, and all signed roots by the heads that were
 * kept for them. Tells each finding as it comes; those of roots come last. Reads only.
 */
export async function verifyJournal(
  database: Database,
  trust: RootTrust,
  tell: (finding: Finding) => void,
): Promise<Verified> {
  const roots = await signedRoots(database, 'all');
  const trees = dayTrees(
    sha256,
    roots.map(({ day }) => day),
  );
  let [loans, findings] = [0, 0];
  const tellAll = (found: readonly Finding[]): void => {
    findings += found.length;
    for (const finding of found) tell(finding);
  };
  let after: string | null = BEFORE_ALL;
  while (after !== null) {
    const page = await verifyPage(database, trees, after);
    loans += page.loans;
    tellAll(page.findings);
    after = page.last;
  }
  tellAll(rootFindings(roots, trust, trees.of));
  return { loans, roots: roots.length, findings };
}

function verifyPage(
  database: Database,
  trees: DayTrees,
  after: string,
): Promise<{ loans: number; findings: Finding[]; last: string | null }> {
  return database.transaction(async (sql) => {
    await sql.query(oneSnapshot);
    const keys = await nextLoans(sql, after, LOANS_PER_PAGE);
    const last = keys.length < LOANS_PER_PAGE ? null : (keys.at(-1)?.loanId ?? null);
    const kept = await keptBetween(sql, after, last);
    const proofs = await proofsOf(sql, keys, kept);
    const there = new Set(keys.map(({ loanId }) => loanId));
    const gone = growTrees(trees, kept).filter(({ loanId }) => !there.has(loanId));
    const findings = [...proofs.flatMap((proof) => proof.findings), ...gone.map(deleted)];
    return { loans: keys.length, findings, last };
  });
}

/** Returns the newest kept head of each loan. */
function growTrees(trees: DayTrees, kept: readonly KeptHead[]): KeptHead[] {
  return [...Map.groupBy(kept, ({ loanId }) => loanId).values()].flatMap((ofLoan) => {
    trees.add(ofLoan);
    return ofLoan.slice(-1);
  });
}

const deleted = ({ loanId, seq, day }: KeptHead): Finding => ({ name: 'loan_deleted', loanId, seq, day });
