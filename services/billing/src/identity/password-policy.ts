import { commonPasswords } from './common-passwords.ts';
import { canonicalUsername } from './username.ts';

/** Below this a name is found in a good password by chance. */
const NAME_LENGTH_MIN = 4;
const DISTINCT_MIN = 5;

/** A password as it is hashed: the same characters typed on another system are the same password (NIST SP 800-63B, 3.1.1.2). */
export function preparedPassword(password: string): string {
  return password.normalize('NFKC');
}

/**
 * Why nobody may choose this password, in words that follow its field's; undefined when they may. Asks for length and no
 * kinds of characters, as NIST SP 800-63B does, and refuses what is guessed first: the commonest ones, the user's own
 * name, runs and repetitions. `lengthMin` is in characters.
 */
export function passwordFault(password: string, username: string, lengthMin: number): string | undefined {
  const characters = [...preparedPassword(password)];
  if (characters.length < lengthMin) return `must have at least ${lengthMin} characters`;
  const text = characters.join('').toLowerCase();
  const name = canonicalUsername(username);
  if (name.length >= NAME_LENGTH_MIN && text.includes(name)) return 'must not hold the user name';
  if (new Set(text).size < DISTINCT_MIN) return 'must not repeat a few characters';
  if (isRun(text)) return 'must not be a run of characters';
  return commonPasswords.has(text) ? 'is one of the commonest passwords' : undefined;
}

/** `abcdefghijkl`, or `210987654321`: each character is the next one, or the one before; digits go round. */
function isRun(text: string): boolean {
  const points = [...text].map((character) => character.codePointAt(0) ?? 0);
  const isStep = (step: number) => (point: number, index: number) => {
    const before = points[index - 1];
    return before === undefined || point - before === step || point - before === -9 * step;
  };
  return points.every(isStep(1)) || points.every(isStep(-1));
}
