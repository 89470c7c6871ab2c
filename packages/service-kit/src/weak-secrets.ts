import type { TSchema } from 'typebox';

export const SECRET_LENGTH_MIN = 12;
const DISTINCT_MIN = 6;
/** Digits alone say little each. */
const DIGITS_LENGTH_MIN = 24;
/** What is left of a secret without the words that everybody tries, and without digits and marks. */
const OWN_LETTERS_MIN = 4;
const STEPS_SHARE_MAX = 0.75;

const commonWords =
  /change_?-?me|change|replace|placeholder|pass_?-?word|passwort|passwd|passphrase|secrets?|default|example|sample|dummy|insert|your|here|admin|root|user|login|letmein|welcome|qwerty(uiop)?|asdf(ghjkl)?|abc(def)?|token|api_?-?key|private|keys?|value|todo|test|demo|local|dev|prod|tenor|billing|payment|postgres|hunter2|monkey|dragon|iloveyou|football|xxx+|this|the|my|is/g;

/** Says nothing of the key within. */
const pemFrame = /-----(BEGIN|END) [A-Z ]+-----/g;

/** Whether a text is one shorter piece again and again: twice or more, the last one perhaps cut off. */
function isRepeated(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period += 1) {
    if (text.slice(period) === text.slice(0, -period)) return true;
  }
  return false;
}

/** The share of neighbours that are equal or follow one another, as in 1234 and dcba. */
function shareOfSteps(text: string): number {
  let steps = 0;
  for (let index = 1; index < text.length; index += 1) {
    if (Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) <= 1) steps += 1;
  }
  return steps / (text.length - 1);
}

/** Why a secret can be guessed, in words that do not tell it; undefined when it looks like one. */
export function weaknessOf(given: string): string | undefined {
  const secret = given.replace(pemFrame, '');
  if (secret.length < SECRET_LENGTH_MIN) return `has fewer than ${SECRET_LENGTH_MIN} characters`;
  if (new Set(secret).size < DISTINCT_MIN) return `has fewer than ${DISTINCT_MIN} different characters`;
  if (isRepeated(secret)) return 'repeats one piece';
  if (shareOfSteps(secret) > STEPS_SHARE_MAX) return 'is a row of characters that follow one another';
  if (/^\d+$/.test(secret)) {
    return secret.length < DIGITS_LENGTH_MIN ? `has only digits, and fewer than ${DIGITS_LENGTH_MIN}` : undefined;
  }
  const own = secret.toLowerCase().replace(commonWords, '');
  const isCommon = own !== secret.toLowerCase() && own.replace(/[^\p{L}]/gu, '').length < OWN_LETTERS_MIN;
  return isCommon ? 'is made of words that everybody tries' : undefined;
}

export interface WeakSecret {
  /** JSON pointer into the value; empty for the value itself. */
  readonly pointer: string;
  readonly weakness: string;
}

/** The weak ones of the texts in a value whose schemas say `secret: true`. */
export function weakSecrets(value: unknown, schema: TSchema, pointer = ''): WeakSecret[] {
  if (typeof value === 'string') {
    const weakness = 'secret' in schema && schema.secret === true ? weaknessOf(value) : undefined;
    return weakness === undefined ? [] : [{ pointer, weakness }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const its = childSchema(schema, key, Array.isArray(value));
    return its === undefined ? [] : weakSecrets(child, its, `${pointer}/${key}`);
  });
}

function childSchema(schema: TSchema, key: string, isItem: boolean): TSchema | undefined {
  const { items, properties, patternProperties } = schema as {
    items?: TSchema;
    properties?: Record<string, TSchema>;
    patternProperties?: Record<string, TSchema>;
  };
  if (isItem) return items;
  const matching = Object.entries(patternProperties ?? {}).find(([pattern]) => new RegExp(pattern).test(key));
  return properties?.[key] ?? matching?.[1];
}
