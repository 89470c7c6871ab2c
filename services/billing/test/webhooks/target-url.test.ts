import { targetFault } from '../../src/webhooks/target-url.ts';
import { isPublicAddress, isPublicLiteral } from '../../src/webhooks/webhook-target.client.ts';

const faultOf = (url: string, allowed: readonly string[] = []) =>
  targetFault(URL.parse(url) ?? undefined, allowed, isPublicLiteral);

describe('a target', () => {
  test.each([
    'https://example.com/hook?tenant=1',
    'https://example.com:8443/hook',
    'https://8.8.8.8/hook',
    'https://[2606:4700::1111]/hook',
  ])('may be %s', (url) => expect(faultOf(url)).toBeUndefined());

  test.each([
    { url: 'http://example.com/', why: 'must be https' },
    { url: 'ftp://example.com/', why: 'must be an http or https URL' },
    { url: 'https://', why: 'must be an http or https URL' },
    { url: 'https://user:secret@example.com/', why: 'must have no credentials' },
    { url: 'https://example.com/#here', why: 'must have no fragment' },
    { url: 'https://example.com:22/', why: 'must have port 443' },
    { url: 'https://example.com:80/', why: 'must have port 443' },
    { url: 'https://127.0.0.1/', why: 'must have a public address' },
    { url: 'https://2130706433/', why: 'must have a public address' },
    { url: 'https://0x7f.1/', why: 'must have a public address' },
    { url: 'https://0177.0.0.01/', why: 'must have a public address' },
    { url: 'https://①②⑦.0.0.1/', why: 'must have a public address' },
    { url: 'https://0/', why: 'must have a public address' },
    { url: 'https://[::1]/', why: 'must have a public address' },
    { url: 'https://[::ffff:10.0.0.1]/', why: 'must have a public address' },
    { url: 'https://[64:ff9b::10.0.0.1]/', why: 'must have a public address' },
    { url: 'https://[::127.0.0.1]/', why: 'must have a public address' },
    { url: 'https://[4000::1]/', why: 'must have a public address' },
    { url: 'https://[2606:4700::5efe:7f00:1]/', why: 'must have a public address' },
    { url: 'https://169.254.169.254/latest/meta-data', why: 'must have a public address' },
  ])('may not be $url: it $why', ({ url, why }) => expect(faultOf(url)).toContain(why));

  test.each([
    { url: 'http://localhost:3000/hook', allowed: ['localhost'] },
    { url: 'http://LOCALHOST./hook', allowed: ['localhost'] },
    { url: 'http://127.0.0.1:25/hook', allowed: ['127.0.0.1'] },
    { url: 'https://[::1]/hook', allowed: ['[::1]'] },
    { url: 'http://receiver.internal:8080/', allowed: ['receiver.internal:8080'] },
  ])('may be $url where the operator allows $allowed', ({ url, allowed }) =>
    expect(faultOf(url, allowed)).toBeUndefined(),
  );

  test.each([
    { url: 'http://receiver.internal:8081/', allowed: ['receiver.internal:8080'] },
    { url: 'http://localhost.example.com/', allowed: ['localhost'] },
    { url: 'http://a:b@localhost/', allowed: ['localhost'] },
    { url: 'https://127.0.0.2/', allowed: ['127.0.0.1'] },
  ])('may not be $url where the operator allows $allowed', ({ url, allowed }) =>
    expect(faultOf(url, allowed)).toMatch(/^must /),
  );
});

describe('an address', () => {
  test.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '2a00:1450:4001::5efe', '2606:4700::5eff:7f00:1'])(
    '%s is public',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test.each([
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['0.0.0.0', 'this machine'],
    ['10.1.2.3', 'private'],
    ['172.16.0.1', 'private'],
    ['192.168.0.1', 'private'],
    ['169.254.169.254', "a cloud's metadata"],
    ['100.100.100.200', "a cloud's metadata behind carrier-grade NAT"],
    ['168.63.129.16', "a cloud's platform"],
    ['192.0.0.192', "a cloud's metadata among protocol assignments"],
    ['198.18.0.1', 'benchmarks'],
    ['203.0.113.1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::127.0.0.1', 'IPv4-compatible'],
    ['::7f00:1', 'IPv4-compatible in hexadecimal'],
    ['::ffff:127.0.0.1', 'IPv4-mapped'],
    ['::ffff:7f00:1', 'IPv4-mapped in hexadecimal'],
    ['::ffff:0:127.0.0.1', 'IPv4-translated'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b:1::7f00:1', 'local NAT64'],
    ['64:ff9b:ffff::1', 'beside NAT64'],
    ['2002:7f00:1::', '6to4'],
    ['2606:4700::5efe:7f00:1', 'ISATAP'],
    ['2606:4700::5efe:127.0.0.1', 'ISATAP'],
    ['2606:4700::200:5efe:7f00:1', 'ISATAP, globally unique'],
    ['1fff::1', 'unallocated'],
    ['4000::1', 'unallocated'],
    ['2001:0:7f00:1::', 'Teredo'],
    ['fd00:ec2::254', "a cloud's metadata, unique-local"],
    ['fe80::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
    ['2001:db8::1', 'documentation'],
    ['not an address', 'nothing'],
  ])('%s is not public: %s', (address) => expect(isPublicAddress(address)).toBe(false));
});
