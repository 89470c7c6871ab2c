import zlib from 'node:zlib';
import { readPdf } from '@tenor/testing';
import fc from 'fast-check';
import { isPrintable } from '../src/fonts.ts';
import type { Paper } from '../src/paper.ts';
import { renderPdf } from '../src/pdf.ts';

const TODAY = new Date('2026-06-01T00:00:00Z');
const columns = [
  { heading: 'No.', align: 'right' },
  { heading: 'Due', align: 'left' },
  { heading: 'Total', align: 'right' },
] as const;
const paper = (rows: number, title = 'Repayment schedule'): Paper => ({
  title,
  sections: [
    {
      heading: 'The loan',
      facts: [{ name: 'You receive', says: 'IDR 2,000,000.00' }],
      table: {
        columns,
        rows: Array.from({ length: rows }, (_, index) => [`#${index + 1}`, '2026-06-08', '44,000.00']),
        totals: ['', 'Total', '2,200,000.00'],
      },
    },
  ],
  footer: 'This is a test',
});

describe('PDF', () => {
  test('says what the paper says', async () => {
    const bytes = await renderPdf(paper(2), TODAY);
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(await readPdf(bytes)).toEqual([
      'Repayment schedule The loan You receive IDR 2,000,000.00 No. Due Total #1 2026-06-08 44,000.00 ' +
        '#2 2026-06-08 44,000.00 Total 2,200,000.00 This is a test Page 1 of 1',
    ]);
  });

  test('numbers every page of a long table and repeats its head', async () => {
    const pages = await readPdf(await renderPdf(paper(1_200), TODAY));
    expect(pages.length).toBeGreaterThan(15);
    for (const [index, text] of pages.entries()) {
      expect(text).toContain(`This is a test Page ${index + 1} of ${pages.length}`);
      expect(text).toContain('No. Due Total');
    }
    const numbers = pages.flatMap((text) => text.match(/#\d+/g) ?? []);
    expect(numbers).toEqual(Array.from({ length: 1_200 }, (_, index) => `#${index + 1}`));
  });

  test.each(['Crédito fácil — Łódź', 'Кредит «Весна»', 'Δάνειο', 'Vay trả góp hằng tuần', 'Ḥiṣṣa'])(
    'writes %s in its own letters',
    async (title) => {
      const [page = ''] = await readPdf(await renderPdf(paper(1, title), TODAY));
      expect(page.normalize('NFC')).toContain(title.normalize('NFC'));
      expect(isPrintable(title)).toBe(true);
    },
  );

  test.each(['小额贷款', 'ローン', '대출', 'สินเชื่อ', 'ऋण', 'قرض صغير', 'הלוואה קטנה', 'Loan \u{1f680}'])(
    'says that it cannot write %s',
    (text) => expect(isPrintable(text)).toBe(false),
  );

  test('a letter that no font has is a box, and a control character nothing', async () => {
    const [page] = await readPdf(await renderPdf(paper(1, 'Loan \u5c0f\u0000\u0007!'), TODAY));
    expect(page).toMatch(/^Loan □\s+!/);
  });

  test('amounts that are too wide for a page become smaller, not cut', async () => {
    const wide = '100,000,000,000,000,000.0000';
    const heads = Array.from({ length: 8 }, (_, index) => ({ heading: `Column ${index}`, align: 'right' as const }));
    const table = { columns: heads, rows: [heads.map(() => wide)] };
    const bytes = await renderPdf(
      { title: 'Wide', footer: '', sections: [{ heading: 'All', facts: [], table }] },
      TODAY,
    );
    const [page = ''] = await readPdf(bytes);
    expect(page.split(wide)).toHaveLength(9);
  });

  test('a long text of a column that wraps goes on in another line, and its letters stay as they are', async () => {
    const name = 'A product with a name of many words '.repeat(6).trim();
    const heads = [
      { heading: 'Product', align: 'left' as const, wraps: true },
      ...['You repay', 'Total cost'].map((heading) => ({ heading, align: 'right' as const })),
    ];
    const rows = Array.from({ length: 40 }, () => [name, '44,000.00', '4,000.00']);
    const pages = await readPdf(
      await renderPdf(
        { title: 'T', footer: '', sections: [{ heading: 'All', facts: [], table: { columns: heads, rows } }] },
        TODAY,
      ),
    );
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.join(' ').split('44,000.00 4,000.00')).toHaveLength(41);
    for (const page of pages) expect(page).toContain('Product You repay Total cost');
  });

  test('no word of a heading is broken, however wide the other columns are', async () => {
    const wide = 'USD 100,000,000,000,000.00';
    const heads = [
      { heading: 'Product', align: 'left' as const, wraps: true },
      { heading: 'Intercontinental instalments', align: 'left' as const, wraps: true },
      ...['A', 'B', 'C', 'D', 'E'].map((heading) => ({ heading, align: 'right' as const })),
    ];
    const rows = [['', 'every week', ...heads.slice(2).map(() => wide)]];
    const sections = [{ heading: 'All', facts: [], table: { columns: heads, rows } }];
    const [page] = await readPdf(await renderPdf({ title: 'T', footer: '', sections }, TODAY));
    expect(page).toContain('Product Intercontinental instalments A B C D E');
  });

  test('any table is written whole, however wide its cells are', async () => {
    const cells = fc.array(
      fc.record({
        align: fc.constantFrom('left' as const, 'right' as const),
        wraps: fc.boolean(),
        length: fc.integer({ min: 1, max: 30 }),
      }),
      { minLength: 1, maxLength: 9 },
    );
    await fc.assert(
      fc.asyncProperty(cells, async (drawn) => {
        const heads = drawn.map(({ align, wraps }, index) => ({ heading: `C${index}`, align, wraps }));
        const row = drawn.map(({ length }, index) => `${index}`.repeat(length));
        const table = { columns: heads, rows: [row, row], totals: row };
        const sections = [{ heading: 'All', facts: [], table }];
        const text = (await readPdf(await renderPdf({ title: 'T', footer: '', sections }, TODAY))).join('');
        const counts = drawn.map((_, index) => text.split(`${index}`).length - 1);
        // Thrice in the rows and once in the heading; the page's number has a one too.
        for (const [index, { length }] of drawn.entries()) expect(counts[index]).toBeGreaterThanOrEqual(3 * length + 1);
      }),
      { numRuns: 60 },
    );
  });

  test('a section may begin on a page of its own', async () => {
    const sections = ['One', 'Two'].map((heading, index) => ({ heading, facts: [], onNewPage: index === 1 }));
    expect(await readPdf(await renderPdf({ title: 'T', footer: 'F', sections }, TODAY))).toEqual([
      'T One F Page 1 of 2',
      'Two F Page 2 of 2',
    ]);
  });

  test('others have their turn between two pages, also while what was written is compressed', async () => {
    let [turn, isOver] = [0, false];
    const count = (): void => {
      turn += 1;
      if (!isOver) setImmediate(count);
    };
    const perTurn = new Map<number, number>();
    const { deflateSync } = zlib;
    zlib.deflateSync = (...given) => {
      perTurn.set(turn, (perTurn.get(turn) ?? 0) + 1);
      return deflateSync(...given);
    };
    setImmediate(count);
    const bytes = await renderPdf(paper(1_200), TODAY).finally(() => {
      isOver = true;
      zlib.deflateSync = deflateSync;
    });
    const pages = await readPdf(bytes);
    expect(perTurn.size).toBeGreaterThanOrEqual(pages.length);
    // The last turn has the last page, and two fonts with the letters and the map of each.
    expect(Math.max(...perTurn.values())).toBeLessThanOrEqual(5);
  });

  test('letters stay letters in documents after one in another script', async () => {
    await renderPdf(paper(1, 'АВСЕ ΑΒΕ'), TODAY);
    const [page] = await readPdf(await renderPdf(paper(1, 'ABCE'), TODAY));
    expect(page).toMatch(/^ABCE /);
  });

  test('the same paper makes the same bytes', async () => {
    expect((await renderPdf(paper(3), TODAY)).equals(await renderPdf(paper(3), TODAY))).toBe(true);
  });
});
