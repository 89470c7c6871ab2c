import { textSchema } from '../src/text.ts';

const { pattern: source = '' } = textSchema(100, 'A name') as { pattern?: string };
const pattern = new RegExp(source, 'u');

describe('text', () => {
  test.each(['Ana', ' Ana ', 'a', '名前', 'Ünïcode 🙂', '\u00a0x', 'two words'])('may be %j', (text) => {
    expect(pattern.test(text)).toBe(true);
  });

  test.each(['', ' ', '\u00a0\u3000', 'A\u0000', 'A\nB', '\tA', '\u202eanA', 'A\u007f'])('may not be %j', (text) => {
    expect(pattern.test(text)).toBe(false);
  });

  test('is matched in one pass: a body full of it takes no longer than reading it', () => {
    const long = 250_000;
    const begun = performance.now();
    for (const text of [' '.repeat(long), `${'a'.repeat(long)}\n`, `${' a'.repeat(long / 2)}\u0000`]) {
      expect(pattern.test(text)).toBe(false);
    }
    // A pattern that backtracks takes minutes.
    expect(performance.now() - begun).toBeLessThan(2_000);
  });
});
