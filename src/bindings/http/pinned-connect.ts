import { connect, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { buildConnector } from 'undici'

import { connectionFailed, tlsFailed } from './call-failures.ts'
import type { Destination } from './locate.ts'

export interface PinnedConnectOptions {
  destination: Destination
  /** Closes the socket, also while it is still being opened. */
  signal: AbortSignal
  /** Certificate authorities in place of the known ones; for tests. */
  ca?: string
}

/**
 * A connector for one connection to the checked addresses, and to nothing else: no name is looked up, so
 * an answer of the name server that changes after the check changes nothing.
 */
export function pinnedConnect(options: PinnedConnectOptions): buildConnector.connector {
  const { destination, signal } = options
  let used = false
  return function connectPinned({ protocol }, callback) {
    // undici opens another one where the first is lost; a request is never sent twice.
    if (used) {
      callback(connectionFailed(undefined, 'The connection was lost'), null)
      return
    }
    used = true
    if (signal.aborted) {
      callback(connectionFailed(signal.reason), null)
      return
    }
    const socket = openSocket(destination)
    const fail = (error: Error) => {
      socket.destroy()
      callback(error, null)
    }
    const onAbort = () => socket.destroy(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('close', () => signal.removeEventListener('abort', onAbort))
    const onError = (error: Error) => fail(connectionFailed(error))
    socket.once('error', onError)
    socket.once('connect', () => {
      socket.off('error', onError)
      if (!isPinned(socket, destination)) fail(connectionFailed(new Error('an address that was not checked')))
      else if (protocol === 'https:') secure(socket, options, callback)
      else callback(null, socket)
    })
  }
}

/** The connection went away in the middle of the handshake, which says nothing of the certificate. */
const lostWires = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT'])

function openSocket({ addresses, port }: Destination): Socket {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }))
  const lookup: LookupFunction = (_host, _options, callback) => callback(null, pinned)
  const socket = connect({
    // Not the real name: were the look-up ever left out, this one leads nowhere.
    host: 'checked-address.invalid',
    port,
    lookup,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: 500,
    noDelay: true,
  })
  // It may be destroyed when nobody listens any more.
  return socket.on('error', () => undefined)
}

function isPinned(socket: Socket, { addresses }: Destination): boolean {
  const plain = (address: string) => (isIP(address) === 6 ? new URL(`http://[${address}]`).hostname : address)
  const remote = plain(socket.remoteAddress ?? '')
  return addresses.some((address) => plain(address) === remote)
}

function secure(
  socket: Socket,
  { destination: { host }, ca }: PinnedConnectOptions,
  callback: buildConnector.Callback,
): void {
  const tls = connectTls({
    socket,
    host,
    servername: isIP(host) ? '' : host,
    ALPNProtocols: ['http/1.1'],
    // Said, for an environment variable could turn it off.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca !== undefined && { ca }),
  })
  const onError = (error: NodeJS.ErrnoException) =>
    callback(lostWires.has(error.code ?? '') ? connectionFailed(error) : tlsFailed(error), null)
  tls.once('error', onError)
  tls.once('secureConnect', () => {
    tls.off('error', onError)
    callback(null, tls)
  })
}
