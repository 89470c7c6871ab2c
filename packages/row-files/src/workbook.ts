import type { Archive } from './archive.ts';
import { FileFault } from './file-fault.ts';
import { readXml } from './xml-events.ts';

/** Where in the archive the first sheet stands, and the texts that its cells share. */
export interface Workbook {
  readonly sheet: string;
  readonly strings: string | undefined;
}

const WORKBOOK = 'xl/workbook.xml';
const RELATIONS = 'xl/_rels/workbook.xml.rels';
const STRINGS_MAX = 1_000_000;
const STRINGS_BYTES_MAX = 33_554_432;
const WIDE = /[\u0100-\uffff]/;

/** Finds the first sheet. Throws a FileFault for an archive that is no workbook. */
export async function findSheet(archive: Archive): Promise<Workbook> {
  if (!archive.has(WORKBOOK)) throw new FileFault('not_a_workbook', 'The file is an archive, but no workbook.');
  let relation: string | undefined;
  await readXml(archive.read(WORKBOOK), {
    open(name, attributes) {
      if (name === 'sheet') relation ??= attributes['r:id'];
      if (name === 'workbookPr' && /^(1|true)$/.test(attributes['date1904'] ?? '')) {
        throw new FileFault(
          'dates_from_1904',
          'The workbook counts its dates from 1904; save it with dates from 1900.',
        );
      }
    },
  });
  let sheet: string | undefined;
  let strings: string | undefined;
  await readXml(archive.read(RELATIONS), {
    open(name, { Id: id, Type: type, Target: target }) {
      if (name !== 'Relationship' || id === undefined || target === undefined) return;
      if (id === relation) sheet = pathOf(target);
      if (type?.endsWith('/sharedStrings')) strings = pathOf(target);
    },
  });
  if (sheet === undefined) throw new FileFault('not_a_workbook', 'The workbook has no sheet.');
  return { sheet, strings: strings !== undefined && archive.has(strings) ? strings : undefined };
}

const pathOf = (target: string): string => (target.startsWith('/') ? target.slice(1) : `xl/${target}`);

/** The texts that cells share, in their order, each cut to `lengthMax`. Throws a FileFault for more than memory should hold. */
export async function readSharedStrings(archive: Archive, path: string, lengthMax: number): Promise<string[]> {
  const strings: string[] = [];
  let bytes = 0;
  // In pieces until it is whole: a text that grows piece by piece would keep each of them.
  let pieces: string[] = [];
  let length = 0;
  let isText = false;
  let phonetic = false;
  await readXml(archive.read(path), {
    open(name) {
      if (name === 'si') [pieces, length] = [[], 0];
      if (name === 'rPh') phonetic = true;
      isText = name === 't' && !phonetic;
    },
    text(text) {
      if (!isText || length > lengthMax) return;
      pieces.push(text.slice(0, lengthMax + 1));
      length += text.length;
    },
    close(name) {
      isText = false;
      if (name === 'rPh') phonetic = false;
      if (name !== 'si') return;
      const whole = pieces.join('');
      strings.push(whole);
      bytes += WIDE.test(whole) ? 2 * whole.length : whole.length;
      if (strings.length > STRINGS_MAX || bytes > STRINGS_BYTES_MAX) {
        throw new FileFault('inflates_too_much', 'The workbook has more shared text than is held; save it as CSV.');
      }
    },
  });
  return strings;
}
