import { Type } from 'typebox';
import { EnvelopeSchema, type EventContract, type UnknownEvent } from './cloud-event.ts';
import { type AnyEvent, events } from './registry.ts';
import { checkOf } from './validation.ts';

/** Why a message cannot be handled, with what could still be read of it, for the dead letters. */
export interface DecodeFailure {
  readonly ok: false;
  /** `undecodable`: not a JSON object in UTF-8. `schema`: an object that breaks the envelope or its contract. */
  readonly reason: 'undecodable' | 'schema';
  readonly detail: string;
  /** Only when it is a UUID. */
  readonly id?: string;
  readonly subject?: string;
  readonly type?: string;
}

/** `known: false` is a sound event of a type that these contracts do not have: skip it. */
export type Decoded<Known = AnyEvent> =
  | { readonly ok: true; readonly known: true; readonly event: Known }
  | { readonly ok: true; readonly known: false; readonly event: UnknownEvent }
  | DecodeFailure;

const checkEnvelope = checkOf(() => EnvelopeSchema);
const checkUuid = checkOf(() => Type.String({ format: 'uuid' }));
const READABLE_LENGTH_MAX = 200;

/** Fatal, or else broken bytes would silently become other text that passes the schema. */
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Decoder for messages of these contracts. It never throws: a message that cannot be handled is a value, since the
 * consumer has to store it. Undeclared fields pass, for schemas grow by adding fields.
 */
export function createDecoder<Known>(
  contracts: readonly EventContract[],
): (bytes: Uint8Array | string | null) => Decoded<Known> {
  const byType = new Map(contracts.map((contract) => [contract.type, contract]));
  return (bytes) => {
    const message = parse(bytes);
    if (!isRecord(message)) return { ok: false, reason: 'undecodable', detail: 'The message is no JSON object.' };
    const type = message['type'];
    const contract = typeof type === 'string' ? byType.get(type) : undefined;
    const fault = contract ? contract.checkMessage(message) : checkEnvelope(message);
    if (fault) {
      const detail = `${fault.pointer === '' ? 'The message' : fault.pointer} ${fault.message}`;
      return { ok: false, reason: 'schema', detail, ...readable(message) };
    }
    // The schema has just been checked, which is what makes these two casts true.
    if (contract) return { ok: true, known: true, event: message as Known };
    return { ok: true, known: false, event: message as UnknownEvent };
  };
}

/** Decodes a message of any event topic; validators are compiled once per type. */
export const decodeEvent = createDecoder<AnyEvent>(events);

function parse(bytes: Uint8Array | string | null): unknown {
  if (bytes === null) return undefined;
  try {
    return JSON.parse(typeof bytes === 'string' ? bytes : utf8.decode(bytes));
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readable(message: Record<string, unknown>): { id?: string; subject?: string; type?: string } {
  const { id, subject, type } = message;
  return {
    ...(typeof id === 'string' && !checkUuid(id) ? { id } : {}),
    ...(isReadable(subject) ? { subject } : {}),
    ...(isReadable(type) ? { type } : {}),
  };
}

const isReadable = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= READABLE_LENGTH_MAX;
