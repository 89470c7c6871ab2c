import { SIGNATURE_TOLERANCE_SECONDS, signatureFault, signBody } from '../src/body-signature.ts';

const AT = 1_700_000_000;
const body = Buffer.from('{"id":"evt_1"}');
const signed = (secret: string, at = AT) => signBody(secret, at, body);
const fault = (header: string | string[] | undefined, { now = AT, secrets = ['old', 'new'], of = body } = {}) =>
  signatureFault({ header, body: of, secrets, now: new Date(now * 1000) })?.refused;

describe('a signed body', () => {
  test('is signed as HMAC-SHA256 of its time, a dot and its bytes', () =>
    // printf '1700000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac new
    expect(signed('new')).toBe('cf693a4b560b05592ce075bbc072d5b59db3a490a3d56fe963680673d41ce564'));

  test.each([
    { header: `t=${AT},v1=${signed('new')}`, because: 'the new secret made it' },
    { header: `t=${AT},v1=${signed('old')}`, because: 'the old secret is still known' },
    { header: `t=${AT},v1=${signed('gone')},v1=${signed('new')}`, because: 'one of two signatures fits' },
    { header: `v1=${signed('new')}, t=${AT}, v0=abc`, because: 'order, spaces and other schemes do not matter' },
  ])('is taken when $because', ({ header }) => expect(fault(header)).toBeUndefined());

  test.each([
    { header: undefined, because: 'nothing is signed' },
    { header: [`t=${AT},v1=${signed('new')}`], because: 'there are two headers' },
    { header: '', because: 'the header is empty' },
    { header: `v1=${signed('new')}`, because: 'the time is missing' },
    { header: `t=${AT}`, because: 'the signature is missing' },
    { header: `t=${AT},t=${AT},v1=${signed('new')}`, because: 'there are two times' },
    { header: `t=now,v1=${signed('new')}`, because: 'the time is no number' },
    { header: `t=${AT},v1=${signed('new').toUpperCase()}`, because: 'the digits are not in the form' },
    { header: `t=${AT},v1=${signed('new').slice(2)}`, because: 'the signature is too short' },
    { header: `t=${AT},v1=${signed('gone')}`, because: 'its secret is no longer known' },
    { header: `t=${AT + 1},v1=${signed('new')}`, because: 'another time was signed' },
    { header: `t=${AT},v1=${'0'.repeat(64)},v1=${'1'.repeat(64)},`.repeat(9), because: 'the header is endless' },
  ])('is refused when $because', ({ header }) => expect(fault(header)).toBe('signature_invalid'));

  test('is refused when a byte of it changed', () =>
    expect(fault(`t=${AT},v1=${signed('new')}`, { of: Buffer.from('{"id":"evt_2"}') })).toBe('signature_invalid'));

  test.each([
    { ageSeconds: SIGNATURE_TOLERANCE_SECONDS, refused: undefined },
    { ageSeconds: SIGNATURE_TOLERANCE_SECONDS + 1, refused: 'signature_expired' },
    { ageSeconds: -SIGNATURE_TOLERANCE_SECONDS, refused: undefined },
    { ageSeconds: -SIGNATURE_TOLERANCE_SECONDS - 1, refused: 'signature_expired' },
  ])('made $ageSeconds s ago is answered with $refused', ({ ageSeconds, refused }) =>
    expect(fault(`t=${AT},v1=${signed('new')}`, { now: AT + ageSeconds })).toBe(refused),
  );
});
