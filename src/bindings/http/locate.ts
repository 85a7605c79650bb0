import { isIP } from 'node:net'

import type { PrivateTargets } from '../../private-targets.ts'
import type { RunScope } from '../binding.ts'
import { badPorts } from './bad-ports.ts'
import { dnsFailed, egressRefused } from './call-failures.ts'
import type { AddressCheck } from './check-address.ts'
import { tenantAllows } from './host-patterns.ts'
import { isPublicName } from './public-name.ts'
import type { Resolve } from './resolve.ts'
import { abortable, pause } from './waiting.ts'

/** Where one request goes: addresses that have been checked, and nothing else may be connected to. */
export interface Destination {
  /** Without brackets or a dot at the end. */
  host: string
  port: number
  addresses: readonly string[]
}

/** Why a host was refused; for our own metrics and log, never for a script. */
export type RefusalReason = 'port' | 'name' | 'tenant' | 'unresolved' | 'address'

export type Refused = (run: RunScope, refusal: { host: string; reason: RefusalReason }) => void

/** Finds and checks where a URL leads, for one request of one run. @throws {CallError} */
export type Locate = (url: URL, run: RunScope, signal: AbortSignal) => Promise<Destination>

export interface LocateOptions {
  mayConnect: AddressCheck
  permitted: PrivateTargets
  resolve: Resolve
  onRefused: Refused
  /** A refusal is answered at a multiple of this after it was asked for, whatever was found out when. */
  refusalStepMs: number
}

type Found = { addresses: readonly string[] } | { refused: RefusalReason }

/** A host that answers with hundreds of addresses has all of them checked, and these tried. */
const maxAddresses = 8

export function createLocate(options: LocateOptions): Locate {
  const { mayConnect, permitted, resolve, onRefused, refusalStepMs } = options

  async function find(host: string, port: number, run: RunScope, signal: AbortSignal): Promise<Found> {
    if (badPorts.has(port)) return { refused: 'port' }
    if (!tenantAllows(host, run.settings)) return { refused: 'tenant' }
    if (isIP(host)) return mayConnect(host, port) ? { addresses: [host] } : { refused: 'address' }
    if (!isPublicName(host, permitted)) return { refused: 'name' }
    const addresses = await abortable(resolve(host), signal)
    if (addresses.length === 0) return { refused: 'unresolved' }
    // One that is not public among them spoils all: the next connection might take it.
    if (!addresses.every((address) => mayConnect(address, port))) return { refused: 'address' }
    return { addresses: addresses.slice(0, maxAddresses) }
  }

  return async function locate(url, run, signal) {
    const began = performance.now()
    const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    const atNextStep = () => pause(refusalStepMs - ((performance.now() - began) % refusalStepMs), signal)

    let found: Found
    try {
      found = await find(host, port, run, signal)
    } catch (error) {
      signal.throwIfAborted()
      await atNextStep()
      throw dnsFailed(error)
    }
    if ('addresses' in found) return { host, port, addresses: found.addresses }
    onRefused(run, { host, reason: found.refused })
    await atNextStep()
    throw egressRefused()
  }
}
