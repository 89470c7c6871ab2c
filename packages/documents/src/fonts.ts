import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

/** The letters of documents, in the two weights that they use: Latin, Greek, Cyrillic, Arabic, Hebrew and more. */
export interface Letters {
  readonly regular: Font;
  readonly bold: Font;
  /** The text with a box for each letter that the fonts lack, and without what has no letter at all. */
  readonly printable: (text: string) => string;
}

const MISSING = '\u25a1';
const CONTROL = /\p{Cc}/gu;

let read: Letters | undefined;

/** Read from the disk and parsed once in a process: parsing takes longer than writing a short document. */
export function letters(): Letters {
  read ??= readLetters();
  return read;
}

function readLetters(): Letters {
  const { resolve } = createRequire(import.meta.url);
  const open = (name: string): Font => create(readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}`))) as Font;
  const [regular, bold] = [open('DejaVuSans.ttf'), open('DejaVuSans-Bold.ttf')];
  const isKnown = (letter: string): boolean =>
    [regular, bold].every((font) => font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0));
  const printable = (text: string): string =>
    [...text.normalize('NFC').replace(CONTROL, ' ')].map((letter) => (isKnown(letter) ? letter : MISSING)).join('');
  return { regular, bold, printable };
}
