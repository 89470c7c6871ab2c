import { SaxesParser } from 'saxes';
import { FileFault } from './file-fault.ts';

/** What a part of a workbook is told by; names without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Longest text, tag, comment or the like, so that one that never ends is not collected. */
const TOKEN_BYTES_MAX = 1_048_576;
/** Open elements within one another; a sheet has a handful. */
const DEPTH_MAX = 32;
const DOCTYPE = Buffer.from('<!DOCTYPE');

/**
 * Parses XML piece by piece, and yields after each piece so that what was told can be handed on. A document type is
 * refused, and with it every entity that a file could define: nothing is expanded, nothing is fetched.
 */
export async function* xmlPieces(chunks: AsyncIterable<Buffer>, handler: XmlHandler): AsyncGenerator<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const { parser, ended } = newParser(handler);
  const refuseDoctype = doctypeGuard();
  let unended = 0;
  for await (const chunk of chunks) {
    refuseDoctype(chunk);
    const before = ended();
    parser.write(decoder.decode(chunk, { stream: true }));
    unended = ended() === before ? unended + chunk.length : chunk.length;
    if (unended > TOKEN_BYTES_MAX) throw new FileFault('cell_too_long', 'A cell is longer than any text of a form.');
    yield;
  }
  parser.write(decoder.decode());
  parser.close();
  yield;
}

/** The same for a part that is told whole. */
export async function readXml(chunks: AsyncIterable<Buffer>, handler: XmlHandler): Promise<void> {
  for await (const _ of xmlPieces(chunks, handler));
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(':') + 1);

/** A parser, and how many tokens have ended so far. */
function newParser(handler: XmlHandler): { parser: SaxesParser; ended: () => number } {
  const parser = new SaxesParser({ position: false });
  let count = 0;
  let depth = 0;
  const counted = (): void => {
    count += 1;
  };
  const text = (told: string): void => {
    counted();
    handler.text?.(told);
  };
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    counted();
    depth += 1;
    if (depth > DEPTH_MAX) throw new FileFault('file_corrupt', `Its elements are nested deeper than ${DEPTH_MAX}.`);
    handler.open(withoutPrefix(name), attributes as Record<string, string>);
  });
  parser.on('closetag', ({ name }) => {
    counted();
    depth -= 1;
    handler.close?.(withoutPrefix(name));
  });
  parser.on('text', text);
  parser.on('cdata', text);
  parser.on('comment', counted);
  parser.on('processinginstruction', counted);
  return { parser, ended: () => count };
}

/** Throws for a document type, also for one that two pieces share. */
function doctypeGuard(): (chunk: Buffer) => void {
  let tail = Buffer.alloc(0);
  return (chunk) => {
    const joined = Buffer.concat([tail, chunk]);
    if (joined.includes(DOCTYPE)) throw new FileFault('markup_not_allowed', 'The file defines a document type.');
    tail = joined.subarray(-(DOCTYPE.length - 1));
  };
}
