/** What a person reads on paper: all of it text as it is to be shown. */
export interface Paper {
  readonly title: string;
  readonly sections: readonly Section[];
  /** At the foot of every page, before its number. */
  readonly footer: string;
}

/** Facts above a table, under one heading; each may be empty. */
export interface Section {
  readonly heading: string;
  readonly facts: readonly Fact[];
  readonly table?: PaperTable;
  /** Begins at the top of a page. */
  readonly onNewPage?: boolean;
}

export interface Fact {
  readonly name: string;
  readonly says: string;
}

/** As wide as the page; letters become smaller where the cells would not fit. */
export interface PaperTable {
  readonly columns: readonly PaperColumn[];
  /** Each as long as the columns. */
  readonly rows: readonly (readonly string[])[];
  /** The last row, set apart. */
  readonly totals?: readonly string[];
}

export interface PaperColumn {
  readonly heading: string;
  readonly align: 'left' | 'right';
  /** Text that goes on in another line where the column gets too narrow for it. */
  readonly wraps?: boolean;
}
