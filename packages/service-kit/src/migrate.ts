import { DataSource } from 'typeorm';
import { type Database, dataSourceOptions } from './database.ts';

/** Held while migrations run, so that of several migration steps started at once each runs once. The number is arbitrary. */
const MIGRATION_LOCK = 7_402_113;

/**
 * Runs the database's pending migrations, each in its own transaction and without the time-outs that
 * bind requests. Returns the names of those that ran.
 */
export async function migrate(database: Database): Promise<string[]> {
  const { options } = database;
  const guard = await new DataSource(dataSourceOptions({ ...options, migrations: [] }, false)).initialize();
  const dataSource = new DataSource(dataSourceOptions(options, false));
  try {
    await guard.query('set lock_timeout = 0');
    await guard.query('select pg_advisory_lock($1, hashtext($2))', [MIGRATION_LOCK, options.schema]);
    await dataSource.initialize();
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map(({ name }) => name);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await guard.destroy();
  }
}

/** Whether the database lacks a migration that this version brings; for the readiness probe. */
export async function hasPendingMigrations(database: Database): Promise<boolean> {
  return database.background.dataSource.showMigrations();
}
