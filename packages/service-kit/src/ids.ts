import { createHmac } from 'node:crypto';
import { v5, v7, validate, version } from 'uuid';

/** A new UUIDv7: ordered by time, and growing within one process even inside a millisecond. */
export function newId(): string {
  return v7();
}

/** The UUIDv5 of a name in the space of another UUID: whoever asks, whenever, is told the same. */
export function namedId(space: string, name: string): string {
  return v5(name, space);
}

/** The instant (to the millisecond) at which a UUIDv7 was made; undefined for any other text. */
export function timeOfId(id: string): Date | undefined {
  if (!validate(id) || version(id) !== 7) return undefined;
  return new Date(Number.parseInt(id.replace('-', '').slice(0, 12), 16));
}

/** The least UUIDv7 of an instant, to the millisecond: those made from then on are not below it. */
export function idAt(instant: Date): string {
  const time = Math.max(0, instant.getTime()).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}

/**
 * What an event carries in place of a client's own id: HMAC-SHA256 in hex under the key that both
 * services share, so that payment can resolve the id without the event telling it.
 */
export function externalRef(key: string, externalId: string): string {
  return createHmac('sha256', key).update(externalId, 'utf8').digest('hex');
}
