import { passwordFault } from '../../src/identity/password-policy.ts';
import { standingOf } from '../../src/identity/refresh-token.ts';
import { canonicalUsername, usernameFault } from '../../src/identity/username.ts';

describe('a new password', () => {
  test.each([
    { password: 'plum river copper 41', because: 'it is long' },
    { password: 'пароль для входа сюда', because: 'any script will do' },
    { password: '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵🐔🐧', because: 'twelve characters are twelve, however many bytes' },
  ])('$password will do: $because', ({ password }) => {
    expect(passwordFault(password, 'ana', 12)).toBeUndefined();
  });

  test.each([
    { password: 'plum river', fault: 'at least 12 characters' },
    { password: '🦊🐻🐼🐨🐯🦁', fault: 'at least 12 characters' },
    { password: 'abababababab', fault: 'repeat' },
    { password: 'ABCDEFGHIJKLM', fault: 'run' },
    { password: '890123456789', fault: 'run' },
    { password: '210987654321', fault: 'run' },
    { password: 'Password1234', fault: 'commonest' },
    { password: 'my.Ana.Maria.2026', fault: 'user name' },
    { password: 'ｐａｓｓｗｏｒｄ１２３４', fault: 'commonest' },
  ])('$password will not: $fault', ({ password, fault }) => {
    expect(passwordFault(password, 'ana.maria', 12)).toContain(fault);
  });
});

describe('a user name', () => {
  test.each([
    ['Ana.Maria', 'ana.maria'],
    ['ＡＮＡ', 'ana'],
    ['A\u030asa', '\u00e5sa'],
    ['ﬁnn', 'finn'],
    ['İnci', 'i\u0307nci'],
  ])('%s is the same as %s', (written, canonical) => {
    expect(canonicalUsername(written)).toBe(canonical);
  });

  test.each(['ana ng', 'ana\tng', 'ana/ng', '<ana>', 'ana\u200bng', ''])('%p is none', (text) => {
    expect(usernameFault(text)).toBeDefined();
  });
});

describe('a refresh token', () => {
  const fresh = { isOver: false, isUsed: false, isUsedJustNow: false, isSuccessorUsed: false };
  test.each([
    { token: {}, standing: 'usable' },
    { token: { isOver: true }, standing: 'over' },
    { token: { isOver: true, isUsed: true }, standing: 'over' },
    { token: { isUsed: true, isUsedJustNow: true }, standing: 'just_used' },
    { token: { isUsed: true, isUsedJustNow: true, isSuccessorUsed: true }, standing: 'reused' },
    { token: { isUsed: true }, standing: 'reused' },
  ])('with $token is $standing', ({ token, standing }) => {
    expect(standingOf({ ...fresh, ...token })).toBe(standing);
  });
});
