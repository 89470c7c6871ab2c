import { refuse } from '@tenor/service-kit';
import { djangoErrors, externalId, simpleJwtErrors, text, wholeNumber } from '../src/index.ts';

const canonical = (status: number, headers: Record<string, string> = {}) => ({
  status,
  headers,
  contentType: 'application/problem+json',
  body: {},
});
const said = simpleJwtErrors(djangoErrors({ application_pending: 400 }, { application_pending: 'There is one.' }));

test.each([
  ['customer_inactive', 422, 400, { detail: 'As told.' }],
  ['state_conflict', 409, 409, { detail: 'As told.' }],
  ['application_pending', 409, 400, { detail: 'There is one.' }],
  ['not_found', 404, 404, { detail: 'Not found.' }],
  ['credentials_invalid', 401, 401, { detail: 'No active account found with the given credentials' }],
  ['token_reused', 401, 401, { detail: 'Token is invalid or expired', code: 'token_not_valid' }],
] as const)('%s is said as the original said it', (code, before, status, body) => {
  expect(said(refuse(code, 'As told.'), canonical(before))).toMatchObject({ status, body });
});

test('an access token that is not accepted is told from one that is missing', () => {
  const refusal = refuse('unauthenticated', 'The token is malformed.');
  const rejected = canonical(401, { 'www-authenticate': 'Bearer error="invalid_token"' });
  expect(said(refusal, rejected).body).toMatchObject({ code: 'token_not_valid', messages: [{ token_type: 'access' }] });
  expect(said(refusal, canonical(401)).body).toEqual({ detail: 'Authentication credentials were not provided.' });
});

test('an external id has no characters that show nothing, and blanks around it do not count', () => {
  expect(externalId({ max: 10 }).read(' 234774784 ')).toEqual({ value: '234774784' });
  for (const given of ['a\u0000b', 'a\u202eb', 'a\nb'])
    expect(externalId({ max: 10 }).read(given)).toHaveProperty('faults');
});

test('a password keeps the blanks around it', () => {
  expect(text({ max: 10, trim: false }).read(' secret ')).toEqual({ value: ' secret ' });
});

test.each([
  ['7', 7],
  ['007', 7],
  ['0', undefined],
  ['-7', undefined],
  ['7.0', undefined],
  ['1e3', undefined],
  ['9'.repeat(16), undefined],
])('%s in a path is the number %s', (path, number) => expect(wholeNumber(path)).toBe(number));
