import { createRotation } from '../src/outbox-rotation.ts';

const rows = (...customers: string[]) => customers.map((customer_id) => ({ customer_id }));

describe('the turns of a slot', () => {
  test('begin before everybody, and stay there while all is sent', () => {
    const rotation = createRotation();
    expect(rotation.placeOf(7)).toEqual({ customerId: '00000000-0000-0000-0000-000000000000', position: 0n });
    const all = rows('a', 'b');
    expect(rotation.advance({ slot: 7, behind: rotation.placeOf(7), read: all, sent: all, isFull: false })).toBe(false);
    expect(rotation.placeOf(7)).toEqual(rotation.placeOf(8));
  });

  test.each([
    { because: 'more may wait than was read', read: rows('a', 'a', 'b'), count: 3, isFull: true, behind: 'b' },
    { because: 'not all of it was sent', read: rows('a', 'b', 'c'), count: 2, isFull: false, behind: 'b' },
  ])('go on behind the last customer sent when $because, and then at the first again', (given) => {
    const rotation = createRotation();
    const { read, isFull, behind } = given;
    expect(
      rotation.advance({ slot: 7, behind: rotation.placeOf(7), read, sent: read.slice(0, given.count), isFull }),
    ).toBe(true);
    expect(rotation.placeOf(7)).toEqual({ customerId: behind, position: 2n ** 63n - 1n });
    // Those before have not been looked at.
    expect(rotation.advance({ slot: 7, behind: rotation.placeOf(7), read: [], sent: [], isFull: false })).toBe(true);
    expect(rotation.placeOf(7)).toEqual(rotation.placeOf(8));
    expect(rotation.advance({ slot: 7, behind: rotation.placeOf(7), read: [], sent: [], isFull: false })).toBe(false);
  });

  test('go back to the first when nothing of it could be sent', () => {
    const rotation = createRotation();
    expect(rotation.advance({ slot: 7, behind: rotation.placeOf(7), read: rows('a'), sent: [], isFull: false })).toBe(
      true,
    );
    expect(rotation.placeOf(7)).toEqual(rotation.placeOf(8));
  });
});
