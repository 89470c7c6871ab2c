import { basicAuthorization, basicCaller } from '../src/basic-credentials.ts';

const ours = { username: 'scoring', password: 'pässword:with a colon' };

test('takes its own credentials, and names who sent them', () => {
  const header = basicAuthorization(ours);
  expect(basicCaller(ours, header)).toEqual({ id: 'scoring', roles: [] });
  expect(basicCaller(ours, header.replace('Basic ', 'basic   '))).toEqual({ id: 'scoring', roles: [] });
});

test.each([
  { what: 'nothing', header: undefined },
  { what: 'an empty header', header: '' },
  { what: 'another password', header: basicAuthorization({ ...ours, password: 'x' }) },
  { what: 'another user', header: basicAuthorization({ ...ours, username: 'x' }) },
  { what: 'the token under another scheme', header: basicAuthorization(ours).replace('Basic', 'Bearer') },
  { what: 'a token with more behind it', header: `${basicAuthorization(ours)}A` },
])('refuses $what and says how to do better', ({ header }) => {
  expect(basicCaller(ours, header)).toMatchObject({
    refused: 'unauthenticated',
    meta: { headers: { 'www-authenticate': 'Basic realm="tenor", charset="UTF-8"' } },
  });
});

test('refuses everybody while no credentials are configured', () => {
  expect(basicCaller(undefined, basicAuthorization(ours))).toMatchObject({ refused: 'unauthenticated' });
});
