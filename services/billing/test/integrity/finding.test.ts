import { date } from '@tenor/calendar';
import { chainFindings, rootFindings } from '../../src/integrity/finding.ts';
import { type SignedRoot, signedText } from '../../src/integrity/journal-root.ts';

const origin = 'origin';
const row = (seq: number, hash = `h${seq}`, prevHash = seq === 1 ? origin : `h${seq - 1}`, computedHash = hash) => ({
  seq,
  prevHash,
  hash,
  computedHash,
});
const whole = [row(1), row(2), row(3)];
const kept = (seq: number, hash = `h${seq}`) => ({ customerId: 'c', loanId: 'l', day: date('2026-01-08'), seq, hash });

describe('a chain', () => {
  test.each([
    { name: 'is whole', rows: whole, expected: [] },
    {
      name: 'has a row whose content changed',
      rows: [row(1), row(2, 'h2', 'h1', 'x'), row(3)],
      expected: ['row_changed 2'],
    },
    { name: 'has a row that was hashed again', rows: [row(1), row(2, 'x'), row(3)], expected: ['row_changed 2'] },
    { name: 'has a last row that was hashed again', rows: [row(1), row(2), row(3, 'x')], expected: ['row_changed 3'] },
    { name: 'begins elsewhere', rows: [row(1, 'h1', 'x'), row(2), row(3)], expected: ['row_changed 1'] },
    { name: 'misses a row', rows: [row(1), row(3)], expected: ['row_deleted 2'] },
    { name: 'misses its first row', rows: [row(2), row(3)], expected: ['row_deleted 1'] },
    { name: 'lost its last row', rows: [row(1), row(2)], expected: ['last_row_deleted 3'] },
    { name: 'lost all rows', rows: [], expected: ['last_row_deleted 1'] },
    {
      name: 'lost its last row, as a signed root alone knows',
      rows: [row(1), row(2)],
      head: { seq: 2, hash: 'h2' },
      heads: [kept(1), kept(3)],
      expected: ['last_row_deleted 3'],
    },
    { name: 'has a row that its head does not know', rows: [...whole, row(4)], expected: ['row_added 4'] },
    {
      name: 'was recomputed with its head',
      rows: [row(1, 'x1'), row(2, 'x2', 'x1'), row(3, 'x3', 'x2')],
      head: { seq: 3, hash: 'x3' },
      heads: [kept(2)],
      expected: ['chain_recomputed 2'],
    },
    {
      name: 'was recomputed and its head was not',
      rows: [row(1, 'x1'), row(2, 'x2', 'x1'), row(3, 'x3', 'x2')],
      heads: [kept(3)],
      expected: ['chain_recomputed 3'],
    },
    { name: 'grew since the signed root', rows: whole, heads: [kept(1), kept(2)], expected: [] },
  ])('that $name', ({ rows, head = { seq: 3, hash: 'h3' }, heads = [], expected }) => {
    const findings = chainFindings({ loanId: 'l', rows, head, kept: heads, origin });
    expect(findings.map(({ name, seq }) => `${name} ${seq}`)).toEqual(expected);
  });
});

describe('signed roots', () => {
  const root = (day: string, text: string, previousSignature: string | null): SignedRoot => ({
    day: date(day),
    knownAt: `${day}T00:00:01.000000Z`,
    loans: 2,
    root: text,
    previousSignature,
    publicKey: 'key',
    signature: `signed ${text}`,
  });
  const roots = [
    root('2026-01-08', 'r1', null),
    root('2026-01-09', 'r2', 'signed r1'),
    root('2026-01-10', 'r3', 'signed r2'),
  ] as const;
  const isTrusted = ({ signature }: SignedRoot) => signature.startsWith('signed');
  const made = (day: string) => ({ root: roots.find((each) => each.day === day)?.root ?? '', loans: 2 });
  const named = (given: readonly SignedRoot[], from: Parameters<typeof rootFindings>[2] = made) =>
    rootFindings(given, isTrusted, from).map(({ name, day }) => `${name} ${day}`);

  test('are sound, or wrong by name', () => {
    expect(named(roots)).toEqual([]);
    expect(named([roots[0], roots[1], { ...roots[2], signature: 'bad' }])).toEqual([
      'root_signature_invalid 2026-01-10',
    ]);
    expect(named([roots[0], roots[2]])).toEqual(['root_deleted 2026-01-10']);
    expect(named(roots, (day) => (day === '2026-01-08' ? { root: 'x', loans: 2 } : made(day)))).toEqual([
      'root_differs 2026-01-08',
    ]);
    expect(named(roots, (day) => ({ ...made(day), loans: 3 }))).toHaveLength(3);
  });

  test('sign the canonical text of what they say', () => {
    const [first, second] = roots;
    const { day, knownAt: known_at, loans } = second;
    expect(JSON.parse(signedText(second))).toEqual({
      day,
      known_at,
      loans,
      previous_signature: 'signed r1',
      root: 'r2',
    });
    expect(signedText(first)).toBe(
      '{"day":"2026-01-08","known_at":"2026-01-08T00:00:01.000000Z","loans":2,"previous_signature":null,"root":"r1"}',
    );
  });
});
