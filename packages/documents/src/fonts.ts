import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { create, type Font } from 'fontkit';

/** The letters of documents, in the two weights that they use: Latin, Greek, Cyrillic and more. */
export interface Letters {
  readonly regular: Font;
  readonly bold: Font;
  /** Whether the fonts have every letter of the text, and documents the order of its words. */
  readonly isPrintable: (text: string) => boolean;
  /** The text with a box for each letter that the fonts lack, and without what has no letter at all. */
  readonly printable: (text: string) => string;
}

const MISSING = '\u25a1';
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const CONTROL = /\p{Cc}/gu;

let read: Letters | undefined;

/**
 * Whether a document shows this text as it is read. Letters that it lacks, such as Chinese ones, it shows as boxes, and
 * words that are written from right to left in the wrong order: what may hold such is better replaced by other text.
 */
export function isPrintable(text: string): boolean {
  return letters().isPrintable(text);
}

/** Read from the disk and parsed once in a process: parsing takes longer than writing a short document. */
export function letters(): Letters {
  read ??= readLetters();
  return read;
}

function readLetters(): Letters {
  const { resolve } = createRequire(import.meta.url);
  const open = (name: string): Font =>
    withBaseLetters(create(readFileSync(resolve(`dejavu-fonts-ttf/ttf/${name}`))) as Font);
  const [regular, bold] = [open('DejaVuSans.ttf'), open('DejaVuSans-Bold.ttf')];
  const isKnown = (letter: string): boolean =>
    [regular, bold].every((font) => font.hasGlyphForCodePoint(letter.codePointAt(0) ?? 0));
  const lettersOf = (text: string): string[] => [...text.normalize('NFC').replace(CONTROL, ' ')];
  return {
    regular,
    bold,
    isPrintable: (text) => !RIGHT_TO_LEFT.test(text) && lettersOf(text).every(isKnown),
    printable: (text) =>
      lettersOf(text)
        .map((letter) => (isKnown(letter) ? letter : MISSING))
        .join(''),
  };
}

const BASE_LETTERS_END = 0x530;

/**
 * fontkit keeps a glyph with the letter that it was first asked for, and with none where it was first met as a part of
 * another, as the Latin B is of the Cyrillic one: nobody could search or copy that letter in any later document.
 */
function withBaseLetters(font: Font): Font {
  for (const letter of font.characterSet) if (letter < BASE_LETTERS_END) font.glyphForCodePoint(letter);
  return font;
}
