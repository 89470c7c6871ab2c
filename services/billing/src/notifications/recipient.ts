import type { PersonalData } from '../customers/personal-data.ts';
import type { Channel } from './message.ts';

export type SkipReason = 'no_contact' | 'erased';

/** Where a message goes. */
export interface Recipient {
  readonly to: string;
  readonly name: string;
}

const NAMELESS = 'customer';

/** Where this channel reaches the customer, or why it does not; undefined is a customer whose data was erased. */
export function recipientOf(personal: PersonalData | undefined, channel: Channel): Recipient | { skip: SkipReason } {
  if (personal === undefined) return { skip: 'erased' };
  const to = channel === 'email' ? personal.email : personal.phone;
  if (to === null) return { skip: 'no_contact' };
  const names = [personal.firstName, personal.lastName].filter((name) => name !== null);
  return { to, name: names.length === 0 ? NAMELESS : names.join(' ') };
}
