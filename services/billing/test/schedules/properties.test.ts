import fc from 'fast-check';
import { anySchedule } from './any-schedule.ts';
import { faultsOf } from './schedule-faults.ts';

// `npm run properties` tries a hundred thousand.
test('every schedule keeps the rules, whatever the product', () => {
  fc.assert(
    fc.property(anySchedule, (input) => {
      expect(faultsOf(input)).toEqual([]);
    }),
    { numRuns: 2_000 },
  );
});
