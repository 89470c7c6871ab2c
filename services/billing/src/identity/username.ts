/** Letters, digits and marks of any script, and what addresses are made of. */
const FORM = /^[\p{L}\p{M}\p{N}._@+-]+$/u;

/** A user name as it is kept and shown: Unicode's compatible forms are one name (NFKC). */
export function shownUsername(text: string): string {
  return text.normalize('NFKC');
}

/** Under which a user is found: the same for every way of writing the name, in either case. */
export function canonicalUsername(text: string): string {
  return shownUsername(text).toLowerCase().normalize('NFKC');
}

/** Why a text is no user name, in words that follow its field's; undefined when it is one. */
export function usernameFault(text: string): string | undefined {
  return FORM.test(shownUsername(text)) ? undefined : 'may hold letters, digits and . _ @ + - only';
}
