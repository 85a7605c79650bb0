import { networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'

import type { IpAddress, IpRange, PrivateTargets } from '../../private-targets.ts'
import { blockedIpv4, blockedIpv6, globalIpv6, nat64, neverPermitted } from './address-ranges.ts'

/** Whether a connection to this address and port may be opened for a script. */
export type AddressCheck = (address: string, port: number) => boolean

export interface AddressCheckOptions {
  permitted: PrivateTargets
  /** Of this machine: what listens here may be behind a firewall that a connection from here goes around. */
  ownAddresses?: () => readonly string[]
}

/** Says which addresses scripts may call: public ones, and what the operator permits beside them. */
export function createAddressCheck({
  permitted,
  ownAddresses = addressesOfThisMachine,
}: AddressCheckOptions): AddressCheck {
  function isPermitted(address: IpAddress, port: number): boolean {
    if (liesIn(address, neverPermitted)) return false
    return permitted.ranges.some((entry) => (entry.port ?? port) === port && liesIn(address, [entry.range]))
  }

  return function mayConnect(text, port) {
    const address = parseAddress(text)
    if (address === undefined) return false
    const isOwn = () => ownAddresses().some((own) => own === address.toString() || own === text)
    return (isPublic(address) && !isOwn()) || isPermitted(address, port)
  }
}

/** One spelling only: what a resolver or URL has brought into its plain form; no zone, no leading zeros. */
function parseAddress(text: string): IpAddress | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  return ipaddr.IPv6.parse(text)
}

function isPublic(address: IpAddress): boolean {
  if (address.kind() === 'ipv4') return !liesIn(address, blockedIpv4)
  if (liesIn(address, nat64)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(12)))
  return liesIn(address, globalIpv6) && !liesIn(address, blockedIpv6)
}

function liesIn(address: IpAddress, ranges: readonly IpRange[]): boolean {
  return ranges.some(([start, bits]) => start.kind() === address.kind() && address.match(start, bits))
}

function addressesOfThisMachine(): string[] {
  return Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map(({ address }) => address.replace(/%.*$/, '')),
  )
}
