import { plainDecimal } from '@tenor/money';
import { NO_EXCLUSION, type Score } from './score.ts';

/** How the engine answered. `forgotten`: it does not know the client that asks; `faulted`: nothing that can be used. */
export type ScoringAnswer<Told> =
  | { readonly kind: 'told'; readonly told: Told }
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'faulted'; readonly reason: string };

export interface EngineClient {
  readonly id: string;
  readonly token: string;
}

const EXCLUSION_LENGTH_MAX = 500;
const tokenForm = /^[\x21-\x7e]{1,500}$/;
/** As far as amounts go: beyond it no number is meant. */
const numberForm = /^-?\d{1,15}(?:\.\d{1,10})?$/;

/** What an answer tells, from its status and its text. `read` gives undefined for what it does not understand. */
export function answerOfEngine<Told>(
  status: number,
  text: string,
  read: (body: unknown) => Told | undefined,
): ScoringAnswer<Told> {
  if (status === 401 || status === 403) return { kind: 'forgotten' };
  if (status < 200 || status > 299) return { kind: 'faulted', reason: `status ${status}` };
  const told = read(decoded(text));
  return told === undefined ? { kind: 'faulted', reason: 'not understood' } : { kind: 'told', told };
}

/** The client that was registered. */
export function clientOf(body: unknown): EngineClient | undefined {
  const { id, token } = fieldsOf(body);
  const idText = typeof id === 'string' ? id : writtenNumber(id);
  return idText !== undefined && isToken(token) ? { id: idText, token } : undefined;
}

/** The token of a query: the engine answers it bare, or as a JSON string. */
export function queryTokenOf(body: unknown): string | undefined {
  const token = typeof body === 'string' ? body.trim() : writtenNumber(body);
  return isToken(token) ? token : undefined;
}

/** The score of this customer; undefined for another's, and while it is not ready. */
export function scoreOf(body: unknown, customerNumber: string): Score | undefined {
  const { customerNumber: told, score, limitAmount, exclusion, exclusionReason } = fieldsOf(body);
  if (told !== customerNumber && writtenNumber(told) !== customerNumber) return undefined;
  if (!isWording(exclusion)) return undefined;
  const reason = isWording(exclusionReason) ? exclusionReason : null;
  const wording = { exclusion, exclusionReason: reason };
  const [scoreText, limitText] = [numberText(score), numberText(limitAmount)];
  // Of whom it excludes the engine need not know more.
  if (exclusion !== NO_EXCLUSION) return { ...wording, score: scoreText ?? null, limitAmount: limitText ?? null };
  if (scoreText === undefined || limitText === undefined) return undefined;
  return { ...wording, score: scoreText, limitAmount: limitText };
}

/** A number of the JSON text, kept as its text. */
class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** JSON with its numbers as they are written; text that is no JSON is itself. */
function decoded(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, context?: { source: string }) =>
      typeof value === 'number' && context !== undefined ? new JsonNumber(context.source) : value,
    );
  } catch {
    return text;
  }
}

/** An amount or a score, also where it comes as text, or with an exponent as some write large numbers: plain decimal text. */
function numberText(value: unknown): string | undefined {
  const text = value instanceof JsonNumber ? value.text : value;
  const plain = typeof text === 'string' ? plainDecimal(text) : undefined;
  return plain !== undefined && numberForm.test(plain) ? plain : undefined;
}

/** An id that came as a number. */
const writtenNumber = (value: unknown): string | undefined =>
  value instanceof JsonNumber && /^\d{1,20}$/.test(value.text) ? value.text : undefined;

const isToken = (value: unknown): value is string => typeof value === 'string' && tokenForm.test(value);
const isWording = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= EXCLUSION_LENGTH_MAX && !value.includes('\0');

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}
