import ipaddr from 'ipaddr.js'

export type IpAddress = ipaddr.IPv4 | ipaddr.IPv6
export type IpRange = [IpAddress, number]

interface PermittedRange {
  range: IpRange
  /** Undefined: every port. */
  port: number | undefined
}

/** What is not public and may be called all the same, because the operator says so. */
export interface PrivateTargets {
  ranges: readonly PermittedRange[]
  /** Lower-case host names that would be refused as names of an internal network. */
  names: ReadonlySet<string>
}

const entryForm =
  /^(?:\[(?<v6>[0-9a-f:.]+)\]|(?<v4>[0-9.]+)|(?<bare>[0-9a-f]*:[0-9a-f:.]*))(?:\/(?<bits>\d{1,3}))?(?::(?<port>\d{1,5}))?$/i
const nameForm = /^(?!.*\.\.)[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?$/i

/**
 * Reads a list such as `10.1.2.3/32,127.0.0.1:8080,[fd00::7]:443,billing.internal`.
 *
 * @returns undefined where an entry is none of an address, a range or a host name.
 */
export function parsePrivateTargets(text: string): PrivateTargets | undefined {
  const ranges: PermittedRange[] = []
  const names = new Set<string>()
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue
    const range = parseRange(entry)
    if (range) ranges.push(range)
    else if (nameForm.test(entry) && !/^[0-9.]+$/.test(entry)) names.add(entry.toLowerCase())
    else return undefined
  }
  return { ranges, names }
}

function parseRange(entry: string): PermittedRange | undefined {
  const { v4, v6, bare, bits, port } = entryForm.exec(entry)?.groups ?? {}
  const text = v6 ?? bare ?? v4 ?? ''
  if (v4 === undefined ? !ipaddr.IPv6.isValid(text) : !ipaddr.IPv4.isValidFourPartDecimal(text))
    return undefined
  const address = ipaddr.parse(text)
  const length = address.kind() === 'ipv4' ? 32 : 128
  if (Number(bits ?? length) > length || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined
  return { range: [address, Number(bits ?? length)], port: port === undefined ? undefined : Number(port) }
}
