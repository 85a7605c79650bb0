import { connect } from 'node:net'
import type { PoolClient } from 'pg'

interface Cancellable {
  host: string
  port: number
  processID: number | null
  secretKey: number | Buffer | null
}

/** 1234 and 5678: the code of a CancelRequest. */
const cancelCode = 80_877_102
const cancelMs = 2_000

/**
 * Asks the server to cancel what a connection runs, as its protocol has it: by another connection that
 * names the first one and its key. Whoever asks has to treat the first one as in doubt, for the request may
 * arrive late and meet what is run on it next.
 */
export function requestCancel(client: PoolClient): void {
  const { host, port, processID, secretKey } = client as unknown as Cancellable
  if (processID === null || secretKey === null) return
  const key = Buffer.isBuffer(secretKey) ? secretKey : Buffer.alloc(4)
  if (!Buffer.isBuffer(secretKey)) key.writeInt32BE(secretKey)
  const head = Buffer.alloc(12)
  head.writeInt32BE(head.length + key.length, 0)
  head.writeInt32BE(cancelCode, 4)
  head.writeInt32BE(processID, 8)
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host)
  socket.setTimeout(cancelMs, () => socket.destroy())
  // Where it cannot be asked, the server's own time limit ends the statement.
  socket.on('error', () => socket.destroy())
  socket.unref()
  socket.end(Buffer.concat([head, key]))
}
