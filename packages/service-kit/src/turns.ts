/** What comes after a turn: the next at once; a rest that a wake ends early, or one that it does not; or nothing more. */
export type Rest =
  | { readonly kind: 'none' }
  | { readonly kind: 'idle'; readonly ms: number }
  | { readonly kind: 'back_off'; readonly ms: number }
  | { readonly kind: 'end' };

export interface Turns {
  /** Has the next turn begin now, or right after the one under way; a back-off lasts all the same. */
  wake(): void;
  /** Resolves after the last turn, which is the one under way when the signal comes. */
  readonly ended: Promise<void>;
}

/** Takes turns, one after the other, until one ends them or the signal does. A turn must not reject. */
export function startTurns(turn: () => Promise<Rest>, signal: AbortSignal, first: Rest = { kind: 'none' }): Turns {
  let isDirty = false;
  let interrupt = (): void => {};

  async function run(): Promise<void> {
    let rest = first;
    while (!signal.aborted && rest.kind !== 'end') {
      if (rest.kind === 'back_off' || (rest.kind === 'idle' && !isDirty)) await pause(rest);
      if (signal.aborted) return;
      isDirty = false;
      rest = await turn();
    }
  }
  async function pause({ kind, ms }: Extract<Rest, { ms: number }>): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    if (kind === 'idle') interrupt = resolve;
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    interrupt = () => {};
    clearTimeout(timer);
  }

  return {
    wake() {
      isDirty = true;
      interrupt();
    },
    ended: run(),
  };
}
