import { SaxesParser } from 'saxes';
import { FileFault } from './file-fault.ts';

/** What a part of a workbook is told by; names without their prefix. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Longest text or tag, so that one that never ends is not collected. */
const TOKEN_BYTES_MAX = 1_048_576;
const TAG = '<'.charCodeAt(0);
const DOCTYPE = Buffer.from('<!DOCTYPE');

/**
 * Parses XML piece by piece, and yields after each piece so that what was told can be handed on. A document type is
 * refused, and with it every entity that a file could define: nothing is expanded, nothing is fetched.
 */
export async function* xmlPieces(chunks: AsyncIterable<Buffer>, handler: XmlHandler): AsyncGenerator<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parser = newParser(handler);
  const guard = tokenGuard();
  for await (const chunk of chunks) {
    guard(chunk);
    parser.write(decoder.decode(chunk, { stream: true }));
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

function newParser(handler: XmlHandler): SaxesParser {
  const parser = new SaxesParser({ position: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) =>
    handler.open(withoutPrefix(name), attributes as Record<string, string>),
  );
  parser.on('closetag', ({ name }) => handler.close?.(withoutPrefix(name)));
  if (handler.text !== undefined) parser.on('text', (text) => handler.text?.(text));
  return parser;
}

/** Throws for a document type, and for a text or tag without an end in sight. */
function tokenGuard(): (chunk: Buffer) => void {
  let sinceTag = 0;
  let tail = Buffer.alloc(0);
  return (chunk) => {
    const joined = Buffer.concat([tail, chunk]);
    if (joined.includes(DOCTYPE)) throw new FileFault('markup_not_allowed', 'The file defines a document type.');
    tail = joined.subarray(-(DOCTYPE.length - 1));
    const last = chunk.lastIndexOf(TAG);
    sinceTag = last === -1 ? sinceTag + chunk.length : chunk.length - last;
    if (sinceTag > TOKEN_BYTES_MAX) throw new FileFault('cell_too_long', 'A cell is longer than any text of a form.');
  };
}
