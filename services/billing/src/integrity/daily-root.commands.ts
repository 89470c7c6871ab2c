import { journalRootSigned } from '@tenor/contracts';
import {
  type Database,
  type Logger,
  publishOfDay,
  type Repeating,
  repeat,
  type SigningKey,
  sha256,
} from '@tenor/service-kit';
import { hasOpenWriter, SETTLED_AFTER_SECONDS } from '../loans/database-clock.store.ts';
import { headLeaf, hex, type JournalRoot, type KeptHead, type SignedRoot, signedText } from './journal-root.ts';
import {
  BEFORE_ALL,
  dayToSign,
  keepHeads,
  newestHeads,
  signatureBefore,
  storeSigned,
  type TakenDay,
} from './journal-roots.store.ts';
import { merkleTree } from './merkle-tree.ts';

/** Loans of one statement. */
const HEADS_PER_PAGE = 1_000;
const INTERVAL_MS = 60_000;

/**
 * Makes, signs and publishes the root of this day (UTC, by the database's clock), or finishes one that was begun. Any
 * number of replicas may do it at once: they make the same root, and one of them stores it. Undefined when there is
 * nothing to do, or while somebody may still record something that belongs in it.
 */
export async function signDailyRoot(database: Database, key: SigningKey): Promise<SignedRoot | undefined> {
  const taken = await dayToSign(database, SETTLED_AFTER_SECONDS);
  if (taken === undefined || (await hasOpenWriter(database, taken.knownAt))) return undefined;
  const made = await makeRoot(database, taken);
  return database.transaction(async (sql) => {
    const root: JournalRoot = { ...taken, ...made, previousSignature: await signatureBefore(sql, taken.day) };
    const signed = { ...root, publicKey: key.publicKey, signature: key.sign(signedText(root)) };
    if (!(await storeSigned(sql, signed))) return undefined;
    publishOfDay(sql, database, { contract: journalRootSigned, day: taken.day, data: rootJson(signed) });
    return signed;
  });
}

/**
 * Keeps the heads of all loans, page by page, and makes the root over what is kept, so that it can be made again from
 * that alone: a loan that is gone stays in it.
 */
async function makeRoot(database: Database, taken: TakenDay): Promise<{ root: string; loans: number }> {
  for (let after: string | null = BEFORE_ALL; after !== null; ) {
    after = await keepHeads(database, taken, { after, limit: HEADS_PER_PAGE });
  }
  const tree = merkleTree(sha256);
  for (let after: string | null = BEFORE_ALL; after !== null; ) {
    const heads: KeptHead[] = await newestHeads(database, taken.day, { after, limit: HEADS_PER_PAGE });
    for (const head of heads) tree.add(headLeaf(sha256, head));
    after = heads.length < HEADS_PER_PAGE ? null : (heads.at(-1)?.loanId ?? null);
  }
  return { root: hex(tree.root()), loans: tree.leaves };
}

/** What the event and the API say of a signed root. */
export function rootJson({ day, knownAt, loans, root, previousSignature, publicKey, signature }: SignedRoot) {
  return {
    day,
    known_at: knownAt,
    loans,
    root,
    previous_signature: previousSignature,
    public_key: publicKey,
    signature,
  };
}

/** Signs each day's root as soon as the day has begun, until stopped. */
export function startDailyRoots(database: Database, key: SigningKey, logger: Logger): Repeating {
  return repeat(INTERVAL_MS, async () => {
    try {
      const signed = await signDailyRoot(database, key);
      if (signed !== undefined) logger.info({ day: signed.day, loans: signed.loans }, "the day's root is signed");
    } catch (error) {
      logger.warn({ err: error }, "the day's root could not be signed; it will be tried again");
    }
  });
}
