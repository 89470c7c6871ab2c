import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { date } from '@tenor/calendar';
import { isSignedBy, sha256 } from '@tenor/service-kit';
import { type Chain, chainFindings } from '../../src/integrity/finding.ts';
import { headLeaf, hex, type JournalHead, signedText } from '../../src/integrity/journal-root.ts';
import { merkleTree } from '../../src/integrity/merkle-tree.ts';
import { hashOf, type JournalRow } from '../../src/loans/journal.store.ts';
import { rowsOf } from './page-tables.ts';

const PAGE = 'integrity.md';
const ORIGIN = '0'.repeat(64);
const page = readFileSync(new URL(`../../../../docs/${PAGE}`, import.meta.url), 'utf8');
const block = (language: string): string => page.split(`\`\`\`${language}\n`)[1]?.split('\n```')[0] ?? '';
const signed = JSON.parse(block('json'));

/** The journal of the page, whose rows follow one another. */
const journal = rowsOf(PAGE, 'seq', 'payload', 'hashed text after the hash before', 'hash').map(
  (row, index, rows): JournalRow => ({
    ...JSON.parse(row['hashed text after the hash before']),
    payload: row.payload,
    prev_hash: rows[index - 1]?.hash ?? ORIGIN,
    hash: row.hash,
  }),
);
const heads = rowsOf(PAGE, 'loan_id', 'customer_id', 'seq', 'head', 'leaf');
const headOf = ({
  loan_id: loanId,
  customer_id: customerId,
  seq,
  head: hash,
}: (typeof heads)[number]): JournalHead => ({
  loanId,
  customerId,
  seq: Number(seq),
  hash,
});

describe('docs/integrity.md', () => {
  test.each(journal)('row $seq has the hash $hash', (row) => {
    expect(hashOf(row)).toBe(row.hash);
  });

  test.each(heads)('the head of $loan_id has the leaf $leaf', (head) => {
    expect(hex(headLeaf(sha256, headOf(head)))).toBe(head.leaf);
  });

  test('the heads have the root, which the key has signed', () => {
    const tree = merkleTree(sha256);
    for (const head of heads) tree.add(headLeaf(sha256, headOf(head)));
    expect([hex(tree.root()), tree.leaves, heads[0]?.head]).toEqual([signed.root, signed.loans, journal.at(-1)?.hash]);
    const { day, known_at: knownAt, loans, root, previous_signature: previousSignature } = signed;
    const text = signedText({ day, knownAt, loans, root, previousSignature });
    expect(isSignedBy(signed.public_key, text, signed.signature)).toBe(true);
  });

  test.each([
    { change: {}, status: 0, because: 'it is as it was signed' },
    { change: { loans: 2 }, status: 1, because: 'it says something else' },
  ])('the program for others ends with $status when $because', ({ change, status }) => {
    const folder = mkdtempSync(join(tmpdir(), 'tenor-page-'));
    try {
      writeFileSync(join(folder, 'verify-root.mjs'), block('js'));
      const input = JSON.stringify({ ...signed, ...change });
      const args = [join(folder, 'verify-root.mjs'), signed.public_key];
      expect(spawnSync(process.execPath, args, { input }).status).toBe(status);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each(rowsOf(PAGE, 'somebody', 'found', 'row', 'by the root of'))('$found where somebody $somebody', (row) => {
    const found = chainFindings(tampered(row.somebody));
    expect(found.map(({ name, seq, day }) => [name, String(seq), day ?? ''])).toEqual([
      [row.found, row.row, row['by the root of']],
    ]);
  });
});

/** The page's journal after what somebody did to it. */
function tampered(somebody: string): Chain {
  const deleted = /deletes row (\d)/.exec(somebody)?.[1];
  const amount = somebody.includes('amount') ? { payload: '{"amount":"41.00"}' } : {};
  const kept = journal.filter(({ seq }) => String(seq) !== deleted);
  const edited = kept.map((row) => {
    if (row.seq === 2) return { ...row, ...amount };
    return somebody.includes('date of row 1') ? { ...row, value_date: date('2025-12-31') } : row;
  });
  const rows: JournalRow[] = [];
  for (const row of edited) {
    const prev_hash = somebody.includes('every hash') ? (rows.at(-1)?.hash ?? ORIGIN) : row.prev_hash;
    const chained = { ...row, prev_hash };
    rows.push(somebody.includes('hash') ? { ...chained, hash: hashOf(chained) } : chained);
  }
  const end = (somebody.includes('the head') ? rows : journal).at(-1);
  const [signedHead] = heads.map(headOf);
  if (end === undefined || signedHead === undefined) throw new Error('the page has no journal');
  return {
    loanId: end.loan_id,
    rows: rows.map((row) => ({ seq: row.seq, prevHash: row.prev_hash, hash: row.hash, computedHash: hashOf(row) })),
    head: { seq: end.seq, hash: end.hash },
    kept: [{ ...signedHead, day: signed.day }],
    origin: ORIGIN,
  };
}
