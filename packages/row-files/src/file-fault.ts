/** Why a file cannot be read; the codes are the API's. */
export type FileFaultCode =
  | 'not_a_workbook'
  | 'file_corrupt'
  | 'file_empty'
  | 'inflates_too_much'
  | 'markup_not_allowed'
  | 'dates_from_1904'
  | 'not_utf8'
  | 'rows_exceeded'
  | 'columns_exceeded'
  | 'cell_too_long'
  | 'columns_missing'
  | 'columns_unknown'
  | 'columns_doubled';

const DETAIL_LENGTH_MAX = 500;

/** The file's own fault: reading it again would end the same. */
export class FileFault extends Error {
  readonly code: FileFaultCode;

  /** The detail may repeat what the file says: what nobody can see, or no database keep, is replaced. */
  constructor(code: FileFaultCode, detail: string) {
    super(
      detail
        .toWellFormed()
        .replaceAll(/\p{Cc}/gu, '\ufffd')
        .slice(0, DETAIL_LENGTH_MAX),
    );
    this.name = 'FileFault';
    this.code = code;
  }
}
