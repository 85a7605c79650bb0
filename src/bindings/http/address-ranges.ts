import ipaddr from 'ipaddr.js'

import type { IpRange } from '../../private-targets.ts'

const ranges = (...texts: string[]): readonly IpRange[] => texts.map((text) => ipaddr.parseCIDR(text))

/**
 * IPv4 that no public service has: IANA's special-purpose registry (RFC 6890 and its successors), and
 * addresses that a cloud answers on inside its machines though they look public.
 */
export const blockedIpv4 = ranges(
  '0.0.0.0/8', // this network
  '10.0.0.0/8', // private
  '100.64.0.0/10', // shared by carriers; Alibaba's metadata is 100.100.100.200
  '127.0.0.0/8', // loopback
  '168.63.129.16/32', // Azure's wire server
  '169.254.0.0/16', // link-local; metadata of most clouds
  '172.16.0.0/12', // private
  '192.0.0.0/24', // protocol assignments; Oracle's metadata is 192.0.0.192
  '192.0.2.0/24', // documentation
  '192.88.99.0/24', // 6to4 relays
  '192.168.0.0/16', // private
  '198.18.0.0/15', // benchmarks
  '198.51.100.0/24', // documentation
  '203.0.113.0/24', // documentation
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, and broadcast
)

/**
 * All of IPv6 that has been given out for public use. What lies outside is refused without a name: mapped
 * and compatible addresses, ::1, 100::/64, 5f00::/16, fc00::/7, fe80::/10, fec0::/10, ff00::/8, and
 * whatever comes next.
 */
export const globalIpv6 = ranges('2000::/3')

export const blockedIpv6 = ranges(
  '2001::/23', // protocol assignments: Teredo, ORCHID, benchmarks
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: any IPv4 address may be within
  '3ffe::/16', // the former 6bone
  '3fff::/20', // documentation
)

/** Translated to IPv4 by the network; the last four bytes are the address that is reached. */
export const nat64 = ranges('64:ff9b::/96')

/** What no setting can permit: metadata of clouds, link-local, multicast, and what is no address of anybody. */
export const neverPermitted = ranges(
  '0.0.0.0/8',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '192.0.0.192/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/32',
  'fd00:ec2::/32', // Amazon's metadata
  'fd20:ce::254/128', // Google's
  'fe80::/10',
  'ff00::/8',
)
