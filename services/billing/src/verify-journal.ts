import { loadConfig, signingKey } from '@tenor/service-kit';
import { type VerificationConfig, verificationConfigSchema } from './config.ts';
import { openBillingDatabase } from './database.ts';
import type { Finding } from './integrity/finding.ts';
import { rootTrust } from './integrity/root-trust.store.ts';
import { type Verified, verifyJournal } from './integrity/verification.commands.ts';

/** Verifies all journals and signed roots of a database; each finding is told as it comes. Writes nothing. */
export async function verifyBilling(config: VerificationConfig, tell: (finding: Finding) => void): Promise<Verified> {
  const { INTEGRITY_KEY, INTEGRITY_TRUSTED_KEYS } = config;
  const key = INTEGRITY_KEY === undefined ? undefined : signingKey(INTEGRITY_KEY);
  const database = await openBillingDatabase(config);
  try {
    return await verifyJournal(database, rootTrust(key, INTEGRITY_TRUSTED_KEYS), tell);
  } finally {
    await database.close();
  }
}

if (import.meta.main) {
  const print = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  const verified = await verifyBilling(loadConfig(verificationConfigSchema, process.env), (finding) => {
    const { name, loanId: loan_id, seq, day } = finding;
    print({ name, loan_id, seq, day });
  });
  print(verified);
  process.exitCode = verified.findings === 0 ? 0 : 1;
}
