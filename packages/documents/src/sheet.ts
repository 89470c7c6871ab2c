/** Where blocks are drawn: the page of the document that is open, between its margins. Lengths in points. */
export interface Sheet {
  readonly pdf: PDFKit.PDFDocument;
  readonly left: number;
  readonly width: number;
}
