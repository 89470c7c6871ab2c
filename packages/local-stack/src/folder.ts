import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readJson } from './json-file.ts';
import { type Identity, identityOf, isAlive, stopRecorded } from './processes.ts';
import { StackError } from './stack-error.ts';

const TEMPORARY_PREFIX = 'tenor-stack-';
const UNOWNED_AGE_MAX_MS = 60_000;

const ownerFile = (folder: string): string => join(folder, 'owner.json');

/** The living process that runs a stack in the folder. */
export function ownerOf(folder: string): Identity | undefined {
  const owner = readJson<Identity>(ownerFile(folder));
  return owner && isAlive(owner) ? owner : undefined;
}

/**
 * Makes this process the folder's only owner, and ends what a killed owner left running there.
 * Throws a StackError while another one lives. Returns the names of what was left.
 */
export async function claimFolder(folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const me = identityOf(process.pid);
  for (;;) {
    try {
      writeFileSync(ownerFile(folder), JSON.stringify(me), { flag: 'wx' });
      return await stopRecorded(folder);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = ownerOf(folder);
      if (owner) {
        throw new StackError(`A local stack already runs in ${folder}, by process ${owner.pid}: stop that one first.`);
      }
      rmSync(ownerFile(folder), { force: true });
    }
  }
}

export function releaseFolder(folder: string): void {
  rmSync(ownerFile(folder), { force: true });
}

/** A new folder for a stack that is thrown away, after what killed test runs left behind was cleared. */
export async function temporaryFolder(): Promise<string> {
  await sweepTemporaryFolders();
  const folder = mkdtempSync(join(tmpdir(), TEMPORARY_PREFIX));
  // Postgres runs as another user than root and must be able to walk through.
  chmodSync(folder, 0o711);
  return folder;
}

async function sweepTemporaryFolders(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(TEMPORARY_PREFIX))) {
    const folder = join(tmpdir(), name);
    if (!isAbandoned(folder)) continue;
    await stopRecorded(folder).catch(() => []);
    await removeContainersOf(folder).catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes the containers and volumes of a folder whose stack ran in Docker. */
export async function removeContainersOf(folder: string): Promise<void> {
  if (readJson<{ kind?: string }>(join(folder, 'state.json'))?.kind !== 'docker') return;
  const { resetDocker } = await import('./docker.ts');
  await resetDocker(folder);
}

function isAbandoned(folder: string): boolean {
  try {
    const owner = readJson<Identity>(ownerFile(folder));
    // Without an owner it may be one that is being made at this moment.
    return owner ? !isAlive(owner) : Date.now() - statSync(folder).mtimeMs > UNOWNED_AGE_MAX_MS;
  } catch {
    return false;
  }
}
