import { loadConfig, signingKey } from '@tenor/service-kit';
import { verificationConfigSchema } from './config.ts';
import { openBillingDatabase } from './database.ts';
import { rootJson, signDailyRoot } from './integrity/daily-root.commands.ts';

/** The day's root from outside the service: prints what was signed, or null when the day has its root or must wait. */
const { INTEGRITY_KEY, ...config } = loadConfig(verificationConfigSchema, process.env);
if (INTEGRITY_KEY === undefined) throw new Error('INTEGRITY_KEY (or INTEGRITY_KEY_FILE) is needed to sign');
const database = await openBillingDatabase(config);
try {
  const signed = await signDailyRoot(database, signingKey(INTEGRITY_KEY));
  process.stdout.write(`${JSON.stringify(signed === undefined ? null : rootJson(signed))}\n`);
} finally {
  await database.close();
}
