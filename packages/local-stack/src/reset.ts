import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { claimFolder, releaseFolder, removeContainersOf } from './folder.ts';
import { StackError } from './stack-error.ts';

const KEPT = 'cache';

/** Removes the folder's data, keys and logs, and returns a sentence that says so. Refuses while a stack runs there. */
export async function resetFolder(folder: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (env['DATABASE_URL']) {
    throw new StackError('DATABASE_URL is set: reset clears only servers that the local stack starts, not your own.');
  }
  await claimFolder(folder);
  try {
    await removeContainersOf(folder);
    for (const entry of readdirSync(folder).filter((name) => name !== KEPT)) {
      rmSync(join(folder, entry), { recursive: true, force: true });
    }
  } finally {
    releaseFolder(folder);
  }
  return `Cleared ${folder}; the next npm start begins with nothing.`;
}
