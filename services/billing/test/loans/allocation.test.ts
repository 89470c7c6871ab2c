import { date } from '@tenor/calendar';
import fc from 'fast-check';
import { type LoanInstalment, remainder } from '../../src/delinquency/instalment.ts';
import { allocate } from '../../src/loans/allocation.ts';
import { policyWith, weekly } from '../builders.ts';

const usual = { ...policyWith().allocationOrder, on: date('2026-01-01') };
const charged = weekly('2026-01-01', 3, [], { principal: 100n, interest: 10n, fee: 5n });

describe('a repayment', () => {
  test.each([
    { amount: 3n, takes: [[1, 0n, 0n, 3n]], excess: 0n, because: 'fees come first' },
    { amount: 9n, takes: [[1, 0n, 4n, 5n]], excess: 0n, because: 'interest follows' },
    { amount: 40n, takes: [[1, 25n, 10n, 5n]], excess: 0n, because: 'principal is last' },
    { amount: 115n, takes: [[1, 100n, 10n, 5n]], excess: 0n, because: 'it pays one instalment' },
    {
      amount: 122n,
      takes: [
        [1, 100n, 10n, 5n],
        [2, 0n, 2n, 5n],
      ],
      excess: 0n,
      because: 'the next instalment takes the rest',
    },
    {
      amount: 400n,
      takes: [
        [1, 100n, 10n, 5n],
        [2, 100n, 10n, 5n],
        [3, 100n, 10n, 5n],
      ],
      excess: 55n,
      because: 'nothing more is owed',
    },
    { amount: 0n, takes: [], excess: 0n, because: 'it is nothing' },
  ])('of $amount leaves $excess: $because', ({ amount, takes, excess }) => {
    const found = allocate(amount, charged, usual);
    expect(found.allocations.map((a) => [a.instalment, a.principal, a.interest, a.fee])).toEqual(takes);
    expect(found).toMatchObject({ applied: amount - excess, excess });
  });

  test('passes over what is paid, and instalments of zero', () => {
    const zero = { principal: 0n };
    const [first, , third] = weekly('2026-01-01', 3, [1]);
    const [, second] = weekly('2026-01-01', 3, [], zero);
    const instalments = [first, second, third].filter((each) => each !== undefined);
    expect(allocate(300n, instalments, usual).allocations.map(({ instalment }) => instalment)).toEqual([3]);
  });

  test.each([
    { what: 'the components in the order of the policy', vertical: false, amount: 107n, takes: [[1, 100n, 7n, 0n]] },
    {
      what: 'one component of all that is due before the next',
      vertical: true,
      amount: 217n,
      takes: [
        [1, 100n, 10n, 0n],
        [2, 100n, 7n, 0n],
      ],
    },
    {
      what: 'all that is due before what is not',
      vertical: true,
      amount: 235n,
      takes: [
        [1, 100n, 10n, 5n],
        [2, 100n, 10n, 5n],
        [3, 5n, 0n, 0n],
      ],
    },
  ])('pays $what', ({ vertical, amount, takes }) => {
    const order = {
      components: ['principal', 'interest', 'fee', 'penalty'],
      vertical,
      on: date('2026-01-20'),
    } as const;
    const found = allocate(amount, charged, order);
    expect(found.allocations.map((a) => [a.instalment, a.principal, a.interest, a.fee])).toEqual(takes);
  });

  test('leaves the instalments that it was given as they were', () => {
    const before = structuredClone(charged);
    allocate(122n, charged, usual);
    expect(charged).toEqual(before);
  });
});

const parts = fc.record({ principal: fc.bigInt(0n, 1000n), interest: fc.bigInt(0n, 1000n), fee: fc.bigInt(0n, 50n) });
const schedules = fc.array(parts, { minLength: 1, maxLength: 8 }).map((rows) =>
  rows.map((row, index): LoanInstalment => {
    const paid = { principal: 0n, interest: 0n, fee: 0n, penalty: 0n };
    return { number: index + 1, dueDate: date('2026-01-01'), ...row, balanceAfter: 0n, paid, additions: null };
  }),
);

const orders = fc.record({
  components: fc.shuffledSubarray([...usual.components], { minLength: 4 }),
  vertical: fc.boolean(),
  on: fc.constantFrom('2025-12-31', '2026-01-01').map(date),
});

test('whatever is paid, allocations and excess sum to the amount and no instalment is overpaid', () => {
  fc.assert(
    fc.property(schedules, orders, fc.array(fc.bigInt(0n, 4000n), { maxLength: 10 }), (planned, order, amounts) => {
      const instalments = [...planned];
      for (const amount of amounts) {
        const { allocations, paid, applied, excess } = allocate(amount, instalments, order);
        for (const [position, instalment] of paid) instalments[position] = instalment;
        const allocated = allocations.reduce((sum, a) => sum + a.principal + a.interest + a.fee + a.penalty, 0n);
        expect(allocated).toBe(applied);
        expect(applied + excess).toBe(amount);
        if (excess > 0n) expect(instalments.every((instalment) => remainder(instalment) === 0n)).toBe(true);
      }
      for (const { paid, principal, interest, fee } of instalments) {
        const room = [principal - paid.principal, interest - paid.interest, fee - paid.fee, -paid.penalty];
        expect(room.every((left) => left >= 0n)).toBe(true);
      }
      const firstOpen = instalments.findIndex((instalment) => remainder(instalment) > 0n);
      const later = firstOpen === -1 || order.vertical ? [] : instalments.slice(firstOpen + 1);
      expect(later.every(({ paid }) => paid.principal + paid.interest + paid.fee === 0n)).toBe(true);
    }),
  );
});
