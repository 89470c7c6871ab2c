/** Where reading goes on in a slot: behind the customer and the position. */
export interface Place {
  readonly customerId: string;
  readonly position: bigint;
}

/** What a read brought of one slot, in its order, and the first part of it, which is sent. */
export interface Share {
  readonly slot: number;
  /** Where it was read from, as `placeOf` said. */
  readonly behind: Place;
  readonly read: readonly unknown[];
  readonly sent: readonly { readonly customer_id: string }[];
  /** Whether there may be more behind what was read. */
  readonly isFull: boolean;
}

export interface Rotation {
  placeOf(slot: number): Place;
  /** Moves the slot on. Says whether there may be rows that were passed over. */
  advance(share: Share): boolean;
}

/** Before all rows, those of no customer included. */
const START: Place = { customerId: '00000000-0000-0000-0000-000000000000', position: 0n };
const POSITION_MAX = 2n ** 63n - 1n;

/**
 * Lets the customers of a slot take turns: where more waits than one read brings, the next begins behind the last
 * customer that was sent, and after the last customer again at the first. A customer is always read from its first row
 * on, so that the order of its events does not depend on this, and it may be forgotten at any time.
 */
export function createRotation(): Rotation {
  const places = new Map<number, Place>();
  return {
    placeOf: (slot) => places.get(slot) ?? START,
    advance({ slot, behind, read, sent, isFull }) {
      const isCut = isFull || sent.length < read.length;
      const last = sent.at(-1);
      if (isCut && last !== undefined) places.set(slot, { customerId: last.customer_id, position: POSITION_MAX });
      else places.delete(slot);
      return isCut || behind !== START;
    },
  };
}
