import { readFile, stat } from 'node:fs/promises';

/** How often at most a file is looked at. */
const CHECK_INTERVAL_MS = 1000;

/** What a file holds, read again when it changes. */
export interface WatchedFile<Content> {
  /** As it was last read; what was good stays while the file is missing or broken. Rejects while it never was good. */
  read(): Promise<Content>;
}

/** Looks at the file's time, size and inode when it is asked, at most once in a second. */
export function watchedFile<Content>(
  path: string,
  parse: (text: string) => Content | Promise<Content>,
): WatchedFile<Content> {
  let current: { content: Content; stamp: string } | undefined;
  let checkedAt = Number.NEGATIVE_INFINITY;

  async function look(): Promise<Content> {
    const { mtimeMs, size, ino } = await stat(path);
    const stamp = `${mtimeMs}-${size}-${ino}`;
    if (current?.stamp !== stamp) current = { content: await parse(await readFile(path, 'utf8')), stamp };
    return current.content;
  }

  return {
    async read() {
      const known = current?.content;
      if (known !== undefined && performance.now() - checkedAt < CHECK_INTERVAL_MS) return known;
      checkedAt = performance.now();
      return look().catch((error: unknown) => {
        if (known === undefined) throw error;
        return known;
      });
    },
  };
}
