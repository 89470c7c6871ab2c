import type { LocalDate } from '@tenor/calendar';

/** What is said of all rows of a file together. */
export interface ImportParameters {
  /** The day whose state the file tells. */
  readonly as_of: LocalDate;
  /** Of its amounts, by ISO 4217: files of this kind name none. */
  readonly currency: string;
}
