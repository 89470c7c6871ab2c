import type { FieldError } from '@tenor/contracts';

/** Deeper nesting than any contract has; a limit, so that recursive code cannot be made to overflow. */
const MAX_DEPTH = 32;
const MAX_FAULTS = 50;

/**
 * Faults that no schema sees: text that Postgres cannot store or JSON cannot carry (a NUL, half of a
 * surrogate pair), in keys too, numbers beyond any range, and values nested too deep.
 */
export function textFaults(root: unknown, prefix = ''): FieldError[] {
  const faults: FieldError[] = [];
  const queue: { value: unknown; pointer: string; depth: number }[] = [{ value: root, pointer: prefix, depth: 0 }];
  for (let next = queue.pop(); next !== undefined && faults.length < MAX_FAULTS; next = queue.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value === 'string' && !isStorable(value)) {
      faults.push({ pointer, code: 'text', message: 'holds a character that is not allowed in text' });
    }
    if (typeof value === 'number' && !Number.isFinite(value)) {
      faults.push({ pointer, code: 'number', message: 'is too large a number' });
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) {
      faults.push({ pointer, code: 'depth', message: `is nested deeper than ${MAX_DEPTH} levels` });
      continue;
    }
    for (const [key, child] of Object.entries(value)) {
      if (!isStorable(key)) faults.push({ pointer, code: 'text', message: 'has a field whose name is not allowed' });
      else queue.push({ value: child, pointer: `${pointer}/${escapeToken(key)}`, depth: depth + 1 });
    }
  }
  return faults;
}

function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}

/** One reference token of a JSON pointer (RFC 6901). */
export function escapeToken(token: string): string {
  return token.replaceAll('~', '~0').replaceAll('/', '~1');
}
