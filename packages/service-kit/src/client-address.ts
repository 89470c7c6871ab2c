import ipaddr from 'ipaddr.js';

const IPV6_PREFIX_PARTS = 4;

/**
 * By what an address is counted: an IPv4 address by itself, one of IPv6 by its /64, which one customer of a network has
 * whole and could otherwise spread over. Text that is no address stands for itself.
 */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const read = ipaddr.process(address);
  if (read.kind() === 'ipv4') return read.toString();
  const { parts } = read as ipaddr.IPv6;
  return `${parts
    .slice(0, IPV6_PREFIX_PARTS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
