import { workbookOf, workbookParts, zipOf } from '@tenor/testing';
import { DEFAULT_LIMITS, readXlsx } from '../src/index.ts';
import { cellsOf, xlsxRows } from './rows.ts';

const sheet = (sheetData: string, options?: Parameters<typeof workbookParts>[1]) =>
  zipOf(workbookParts(sheetData, options));

describe('cells of a sheet', () => {
  test('shared and inline texts, numbers, truth and errors come as text', async () => {
    const file = sheet(
      '<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="inlineStr"><is><r><t>in</t></r><r><t>line</t></r></is></c>' +
        '<c r="C1"><v>8.1999999999999993</v></c><c r="D1" t="b"><v>1</v></c><c r="E1" t="e"><v>#DIV/0!</v></c>' +
        '<c r="F1" t="d"><v>2023-05-01</v></c></row>',
      { shared: ['zero', 'Ana & Bob'] },
    );
    expect(await cellsOf(xlsxRows(file))).toEqual([['Ana & Bob', 'inline', '8.2', 'TRUE', '#DIV/0!', '2023-05-01']]);
  });

  test('a formula is never evaluated: the value stored with it counts', async () => {
    const file = sheet(
      '<row r="1"><c r="A1"><f>1+1</f><v>5</v></c><c r="B1" t="str"><f>A1</f><v>old</v></c><c r="C1"><f>NOW()</f></c></row>',
    );
    expect(await cellsOf(xlsxRows(file))).toEqual([['5', 'old']]);
  });

  test('missing cells are empty, cells without a place follow one another', async () => {
    const file = sheet(
      '<row r="2"><c r="B2"><v>1</v></c><c r="D2"><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row>',
    );
    expect(await xlsxRows(file)).toEqual([
      { number: 2, cells: ['', '1', '', '2'], isCut: false },
      { number: 3, cells: ['3', '4'], isCut: false },
    ]);
  });

  test('blank rows are no rows', async () => {
    const file = workbookOf([['a'], [' ', null], [], ['b'], ['']]);
    expect((await xlsxRows(file)).map(({ number }) => number)).toEqual([1, 4]);
  });

  test('phonetic readings are no part of a text', async () => {
    const parts = workbookParts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>');
    const shared = {
      path: 'xl/sharedStrings.xml',
      content: '<sst><si><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></si></sst>',
    };
    expect(await cellsOf(xlsxRows(zipOf([...parts, shared])))).toEqual([['東京']]);
  });
});

describe('files that are not read', () => {
  const bomb = `<row r="1"><c r="A1"><v>1</v></c></row>${'<row></row>'.repeat(500_000)}`;
  const entities =
    '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet><sheetData><row><c t="str"><v>&b;</v></c></row></sheetData></worksheet>';
  const replaced = (path: string, content: string) =>
    zipOf(workbookParts('').map((entry) => (entry.path === path ? { path, content } : entry)));
  const whole = workbookOf([['amount'], [1_800_000]]);
  // The check sum stands in the directory, 16 bytes behind the mark of an entry.
  const tampered = Buffer.from(whole);
  const directory = whole.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
  tampered[directory + 16] = (whole[directory + 16] ?? 0) ^ 1;
  const wide = `<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>`;

  test.each([
    ['no zip at all', Buffer.from('Customer ID,First Name\n'), 'not_a_workbook'],
    ['an empty file', Buffer.alloc(0), 'not_a_workbook'],
    ['a workbook in a zip in a zip', zipOf([{ path: 'book.xlsx', content: workbookOf([['a']]) }]), 'not_a_workbook'],
    ['a workbook without a sheet', replaced('xl/workbook.xml', '<workbook><sheets/></workbook>'), 'not_a_workbook'],
    ['half a zip', workbookOf([['a']]).subarray(0, 300), 'not_a_workbook'],
    ['a bomb, by its ratio', sheet(bomb), 'inflates_too_much'],
    ['entities that grow', replaced('xl/worksheets/sheet1.xml', entities), 'markup_not_allowed'],
    ['an unknown entity', sheet('<row r="1"><c r="A1" t="str"><v>&xxe;</v></c></row>'), 'file_corrupt'],
    ['XML that breaks off', replaced('xl/worksheets/sheet1.xml', '<worksheet><sheetData><row>'), 'file_corrupt'],
    ['16,384 columns', sheet(wide), 'columns_exceeded'],
    [
      'a cell of megabytes',
      sheet(`<row r="1"><c r="A1" t="str"><v>${noise(1_500_000)}</v></c></row>`),
      'cell_too_long',
    ],
    ['dates from 1904', sheet('', { workbookPr: '<workbookPr date1904="1"/>' }), 'dates_from_1904'],
    ['a row where no spreadsheet has any', sheet('<row r="1048577"/>'), 'rows_exceeded'],
    ['rows out of order', sheet('<row r="2"/><row r="1"/>'), 'file_corrupt'],
    [
      'a shared text that is not there',
      sheet('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', { shared: [] }),
      'file_corrupt',
    ],
    [
      'elements without end within one another',
      replaced('xl/worksheets/sheet1.xml', `<worksheet>${'<a>'.repeat(400_000)}`),
      'file_corrupt',
    ],
    [
      'a comment of megabytes',
      replaced('xl/worksheets/sheet1.xml', `<worksheet><!--${noise(1_500_000).replaceAll('a', '<')}--></worksheet>`),
      'cell_too_long',
    ],
    [
      'character data of megabytes',
      replaced('xl/worksheets/sheet1.xml', `<worksheet><![CDATA[${noise(1_500_000).replaceAll('a', '<')}]]>`),
      'cell_too_long',
    ],
    ['a part that is not as it was packed', tampered, 'file_corrupt'],
    ['two parts of one name', zipOf([...workbookParts(''), ...workbookParts('')]), 'file_corrupt'],
  ])('%s', async (_name, file, code) => {
    await expect(xlsxRows(file)).rejects.toMatchObject({ name: 'FileFault', code });
  });

  test('a bomb, by its size whatever its ratio', async () => {
    const file = sheet(`<row r="1"><c r="A1" t="str"><v>${noise(100_000)}</v></c></row>`);
    await expect(xlsxRows(file, { inflatedBytes: 50_000 })).rejects.toMatchObject({ code: 'inflates_too_much' });
  });

  test('more rows than the limit', async () => {
    await expect(xlsxRows(workbookOf([['h'], ['1'], ['2']]), { rows: 2 })).rejects.toMatchObject({
      code: 'rows_exceeded',
    });
  });
});

test('character data is text', async () => {
  expect(await xlsxRows(sheet('<row r="1"><c r="A1" t="str"><v><![CDATA[a < b]]></v></c></row>'))).toMatchObject([
    { cells: ['a < b'] },
  ]);
});

test('relations of any number are not kept, and the one that is meant is found', async () => {
  const others = Array.from({ length: 20_000 }, (_, index) => `<Relationship Id="x${index}" Type="t" Target="y"/>`);
  const parts = workbookParts('<row r="1"><c r="A1"><v>1</v></c></row>').map((entry) =>
    entry.path.endsWith('workbook.xml.rels')
      ? { ...entry, content: String(entry.content).replace('<Relationships>', `<Relationships>${others.join('')}`) }
      : entry,
  );
  expect(await xlsxRows(zipOf(parts))).toMatchObject([{ cells: ['1'] }]);
});

test('a long cell is cut, and the row says so', async () => {
  const [row] = await xlsxRows(workbookOf([['x'.repeat(2_000), 'y']]));
  expect(row).toMatchObject({ isCut: true, cells: ['x'.repeat(1_000), 'y'] });
});

test.each([0, 1, 2, 3, 4, 5, 6, 7])(
  'a fault of the source at its read %i is not taken for the fault of the file',
  async (at) => {
    const file = sheet(`<row r="1"><c r="A1" t="str"><v>${noise(200_000)}</v></c></row>`, { shared: ['a'] });
    let reads = 0;
    const source = {
      size: file.length,
      async *stream(start: number, end: number): AsyncGenerator<Buffer> {
        const middle = start + Math.floor((end - start) / 2);
        yield file.subarray(start, middle);
        reads += 1;
        if (reads > at) throw new Error('the database is gone');
        yield file.subarray(middle, end);
      },
    };
    const read = async () => {
      for await (const _ of readXlsx(source, DEFAULT_LIMITS));
    };
    await expect(read()).rejects.toThrow('the database is gone');
  },
);

/** Text that does not pack well. */
function noise(length: number): string {
  let seed = 1;
  let text = '';
  while (text.length < length) {
    seed = (seed * 48_271) % 2_147_483_647;
    text += seed.toString(36);
  }
  return text;
}
