import { patternsOfNothing, wants } from '../../src/webhooks/event-filter.ts';

describe('a filter of events', () => {
  test.each([
    { patterns: ['*'], type: 'loan.approved', wanted: true },
    { patterns: ['loan.approved'], type: 'loan.approved', wanted: true },
    { patterns: ['loan.approved'], type: 'loan.rejected', wanted: false },
    { patterns: ['loan.*'], type: 'loan.rejected', wanted: true },
    { patterns: ['loan.*'], type: 'loans.rejected', wanted: false },
    { patterns: ['payment.*', 'loan.paid'], type: 'loan.paid', wanted: true },
    { patterns: [], type: 'loan.paid', wanted: false },
  ])('$patterns covers $type: $wanted', ({ patterns, type, wanted }) => expect(wants(patterns, type)).toBe(wanted));

  test('shows the patterns by which nothing will ever come', () =>
    expect(patternsOfNothing(['loan.*', 'loan.aproved', 'lone.*', '*'], ['loan.approved'])).toEqual([
      'loan.aproved',
      'lone.*',
    ]));
});
