import pg from 'pg';

export interface SqlConnection {
  /** The rows of one statement; a bigint comes as text. */
  rows<T extends object>(text: string, values?: readonly unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

/** One connection for a test that looks into the tables, or spoils them. Statements run one after the other. */
export async function openSql(url: string): Promise<SqlConnection> {
  const client = new pg.Client({ connectionString: url });
  // A server that goes away fails the next statement; nothing else here needs to know.
  client.on('error', () => undefined);
  await client.connect();
  return {
    rows: async <T extends object>(text: string, values: readonly unknown[] = []) =>
      (await client.query<T>(text, [...values])).rows,
    close: () => client.end(),
  };
}
