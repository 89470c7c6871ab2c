import { createHash } from 'node:crypto';
import { leafHash, merkleTree } from '../../src/integrity/merkle-tree.ts';

const sha256 = (...parts: readonly Uint8Array[]): Uint8Array =>
  createHash('sha256').update(Buffer.concat(parts)).digest();
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The definition of RFC 6962 §2.1, word for word. */
function byDefinition(entries: readonly Uint8Array[]): Uint8Array {
  const [only] = entries;
  if (only === undefined) return sha256();
  if (entries.length === 1) return sha256(Uint8Array.of(0), only);
  let split = 1;
  while (split * 2 < entries.length) split *= 2;
  return sha256(Uint8Array.of(1), byDefinition(entries.slice(0, split)), byDefinition(entries.slice(split)));
}

const rootOf = (entries: readonly Uint8Array[]): string => {
  const tree = merkleTree(sha256);
  for (const entry of entries) tree.add(leafHash(sha256, entry));
  expect(tree.leaves).toBe(entries.length);
  return hexOf(tree.root());
};

describe('the tree of heads', () => {
  test('has the root of RFC 6962 for any number of leaves, and its published ones', () => {
    for (let count = 0; count <= 40; count += 1) {
      const entries = Array.from({ length: count }, (_, index) => Buffer.from(`entry ${index}`));
      expect(rootOf(entries)).toBe(hexOf(byDefinition(entries)));
    }
    const published = [
      '',
      '00',
      '10',
      '2021',
      '3031',
      '40414243',
      '5051525354555657',
      '606162636465666768696a6b6c6d6e6f',
    ];
    expect(rootOf(published.map((text) => Buffer.from(text, 'hex')))).toBe(
      '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
    );
  });

  test('may be asked while it grows, and tells every change of a leaf', () => {
    const entries = Array.from({ length: 9 }, (_, index) => Buffer.from(`entry ${index}`));
    const roots = entries.map((_, changed) =>
      rootOf(entries.map((entry, index) => (index === changed ? Buffer.from('other') : entry))),
    );
    expect(new Set([...roots, rootOf(entries), rootOf(entries.slice(0, -1))]).size).toBe(entries.length + 2);
  });
});
