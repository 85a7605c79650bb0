import type { PrivateTargets } from '../../private-targets.ts'

const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/** Ends of names that are reserved for, or commonly used in, internal networks. */
const internalEnds =
  /\.(localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa|onion)$/

/**
 * Whether a host name, in lower-case ASCII without a dot at its end, may be looked up for a script. A name
 * of one label is never public: it is a neighbour in some network, or this machine.
 */
export function isPublicName(name: string, permitted: PrivateTargets): boolean {
  if (permitted.names.has(name)) return true
  const labels = name.split('.')
  return (
    labels.length > 1 &&
    name.length <= 253 &&
    labels.every((part) => label.test(part)) &&
    !internalEnds.test(name)
  )
}
