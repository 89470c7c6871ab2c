import type { Paper } from './paper.ts';

/** What writes PDFs, and knows which letters they have. */
export interface Press {
  renderPdf(paper: Paper, createdOn: Date): Promise<Buffer>;
  isPrintable(text: string): boolean;
}

/**
 * Loads what writes PDFs, once in a process, when it is first needed: fonts and libraries take some 40 MB, which a
 * process that is asked for none does not have to hold.
 */
export async function openPress(): Promise<Press> {
  const [{ renderPdf }, { isPrintable }] = await Promise.all([import('./pdf.ts'), import('./fonts.ts')]);
  return { renderPdf, isPrintable };
}
