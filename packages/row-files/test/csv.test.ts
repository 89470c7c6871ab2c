import { bytesSource, itemLines, readItems } from '../src/index.ts';
import { cellsOf, csvRows } from './rows.ts';

describe('CSV', () => {
  test.each([
    [
      'a byte order mark and CRLF',
      '\ufeffa,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'quotes, a delimiter and a line end within them',
      'a,b\n"1,""x""","2\n3"\n',
      [
        ['a', 'b'],
        ['1,"x"', '2\n3'],
      ],
    ],
    [
      'semicolons',
      'a;b\n1,5;2\n',
      [
        ['a', 'b'],
        ['1,5', '2'],
      ],
    ],
    [
      'tabs',
      'a\tb\n1\t2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'bars',
      'a|b|c\n1|2|3',
      [
        ['a', 'b', 'c'],
        ['1', '2', '3'],
      ],
    ],
    [
      'a quoted header with the other delimiter in it',
      '"a,b,c";d\n1;2',
      [
        ['a,b,c', 'd'],
        ['1', '2'],
      ],
    ],
    ['short and long rows', 'a,b\n1\n1,2,3\n', [['a', 'b'], ['1'], ['1', '2', '3']]],
    [
      'the apostrophe before a formula, as Tenor writes it, and no other',
      "'=1,'x\n'+62,''=",
      [
        ['=1', "'x"],
        ['+62', "''="],
      ],
    ],
    ['a single column', 'a\n1\n', [['a'], ['1']]],
    ['nothing', '', []],
  ])('%s', async (_name, text, cells) => expect(await cellsOf(csvRows(text))).toEqual(cells));

  test('blank lines count as rows of the file, but are none', async () => {
    expect((await csvRows('a,b\n\n , \n1,2\n,\n')).map(({ number }) => number)).toEqual([1, 4]);
  });

  test('a row behind a quoted line end and blank lines has the number of a spreadsheet', async () => {
    const text = `a,b\r\n"x\r\ny",1\r\n${'\r\n'.repeat(5_000)}1,2\r\n`;
    expect((await csvRows(text)).map(({ number }) => number)).toEqual([1, 2, 5_003]);
  });

  test.each([2_045, 2_046, 2_047, 2_048])('line ends and letters of %i bytes are not torn', async (length) => {
    const [header, name] = ['h'.repeat(length), 'é'.repeat(length)];
    expect(await cellsOf(csvRows(`${header},b\r\n😀${name},1\r\n`, { cellLength: 10_000 }))).toEqual([
      [header, 'b'],
      [`😀${name}`, '1'],
    ]);
  });

  test.each([
    ['blank lines', '\n', 1_000_000],
    ['rows of delimiters alone', ',\n', 100_000],
  ])('%s in great number leave others their turn, and are not held', async (_name, line, count) => {
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 1);
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const watching = setInterval(() => {
      most = Math.max(most, process.memoryUsage().heapUsed - before);
    }, 1);
    const rows = await csvRows(`a,b\n${line.repeat(count)}1,2\n`);
    clearInterval(ticking);
    clearInterval(watching);
    expect(rows.map(({ number }) => number)).toEqual([1, count + 2]);
    expect(turns).toBeGreaterThan(10);
    expect(most).toBeLessThan(100_000_000);
  });

  test('refuses more blank rows than a spreadsheet has', async () => {
    await expect(csvRows(`a,b\n${',\n'.repeat(1_048_577)}`)).rejects.toMatchObject({ code: 'rows_exceeded' });
  }, 30_000);

  test.each([
    ['what is no UTF-8', Buffer.from([0x61, 0x2c, 0xff, 0x0a]), 'not_utf8'],
    ['UTF-8 that breaks off', Buffer.from('a\né').subarray(0, 3), 'not_utf8'],
    ['a quote that never ends', 'a,b\n"1,2\n', 'file_corrupt'],
    ['a quote in the middle', 'a,b\n1"x",2\n', 'file_corrupt'],
    ['a line without an end', `a,b\n${'x'.repeat(300_000)}`, 'file_corrupt'],
    ['too many columns', `${'a,'.repeat(200)}b\n`, 'columns_exceeded'],
  ])('refuses %s', async (_name, file, code) => {
    await expect(csvRows(file)).rejects.toMatchObject({ name: 'FileFault', code });
  });

  test('refuses more rows than the limit', async () => {
    await expect(csvRows('h\n1\n2\n', { rows: 2 })).rejects.toMatchObject({ code: 'rows_exceeded' });
  });

  test('cuts a long cell, and says so', async () => {
    expect(await csvRows(`${'x'.repeat(1_001)},y`)).toEqual([
      { number: 1, cells: ['x'.repeat(1_000), 'y'], isCut: true },
    ]);
  });
});

test('members of an array come back as they were, whatever stands in them', async () => {
  const items = [{ a: 'é\n"', b: [1, null] }, 'text', 7, { nested: { c: true } }];
  const read: unknown[] = [];
  for await (const { number, item } of readItems(bytesSource(Buffer.concat([...itemLines(items)]))))
    read.push([number, item]);
  expect(read).toEqual(items.map((item, index) => [index + 1, item]));
});
