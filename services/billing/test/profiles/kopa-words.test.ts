import { applicationStatus, joinName, limitText, splitName } from '../../src/profiles/kopa/kopa-words.ts';

test.each([
  ['pending', 'PENDING'],
  ['approved', 'APPROVED'],
  ['active', 'APPROVED'],
  ['paid', 'APPROVED'],
  ['written_off', 'APPROVED'],
  ['rejected', 'REJECTED'],
  ['cancelled', 'REJECTED'],
  ['failed', 'FAILED'],
] as const)('a loan that is %s is %s', (status, shown) => expect(applicationStatus(status)).toBe(shown));

test.each([
  ['John Doe', 'John', 'Doe'],
  ['Madonna', 'Madonna', null],
  ['Jane  Q. Doe', 'Jane', 'Q. Doe'],
])('%s has a first name and a last one', (name, firstName, lastName) => {
  expect(splitName(name)).toEqual({ firstName, lastName });
  expect(joinName(splitName(name))).toBe(name.replace(/\s+/g, ' '));
});

test.each([
  ['30000', '30000.00'],
  ['30000.5', '30000.50'],
  ['30000.12345', '30000.12345'],
])('a limit of %s is shown as %s', (said, shown) => expect(limitText(said)).toBe(shown));
