import { Resolver } from 'node:dns/promises'

/**
 * The addresses of a host name, IPv4 first; none where there is no such name. Rejects where the name
 * servers gave no answer.
 */
export type Resolve = (name: string) => Promise<readonly string[]>

const noSuchName = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])

/**
 * Asks the name servers themselves. The system's own look-up would run on a pool of four threads, which
 * one tenant's slow name server could fill for everybody; it would also read the machine's own list of
 * hosts and complete short names with the domains of an internal network.
 */
export function createResolve(servers?: readonly string[]): Resolve {
  const resolver = new Resolver({ timeout: 1500, tries: 2, maxTimeout: 3000 })
  if (servers) resolver.setServers(servers)

  return async function resolve(name) {
    const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    const found = [ipv4, ipv6].flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    if (found.length > 0) return found
    for (const answer of [ipv4, ipv6]) {
      if (answer.status === 'rejected' && !noSuchName.has(answer.reason?.code)) throw answer.reason
    }
    return []
  }
}
