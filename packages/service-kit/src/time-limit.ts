/** Named so that `isEnvironmentFault` knows it. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

/** The work's outcome, or after so many milliseconds an environment fault that says `what`; the work itself goes on. */
export async function within<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError(`${what} within ${limitMs} ms`)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for the work to end, however it ends, but no longer than so many milliseconds. */
export async function atMost(limitMs: number, work: Promise<unknown>): Promise<void> {
  await within(limitMs, work, 'Not done').catch(() => {});
}
