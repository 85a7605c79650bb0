import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg, { type Client, type ClientConfig } from 'pg'

import type { Logger } from '../log.ts'

/** What the database says to nodes; payloads are ids only, the listener reads under its own rights. */
export interface Notifications {
  /** Work may be due. */
  pgscript_work: string
  /** `node id id …`: executions that somebody on that node waits for have finished. */
  pgscript_finished: string
  /** `node id`: somebody asks to stop an execution that runs on that node. */
  pgscript_cancel: string
  /** A version waits to be checked. */
  pgscript_version_saved: string
}

export interface Listener {
  connected(): boolean
  close(): Promise<void>
}

export interface ListenerOptions {
  connection: ClientConfig
  logger: Logger
  on: { [Channel in keyof Notifications]?: (payload: string) => void }
  /** Notifications may have been missed: look at everything once. */
  onGap(): void
}

/** A connection that is silent for so long is asked whether it still lives. */
const checkMs = 30_000
/** An answer that takes longer than this will not come. */
const answerMs = 5_000

/**
 * Listens for the database's notifications on a connection of its own, and reconnects for as long as
 * it takes; polling is the floor meanwhile.
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const listener = new ReconnectingListener(options)
  await listener.open()
  return listener
}

class ReconnectingListener implements Listener {
  readonly #options: ListenerOptions
  readonly #closing = new AbortController()
  #client: Client | undefined
  #reconnecting: Promise<void> | undefined
  #check: NodeJS.Timeout | undefined

  constructor(options: ListenerOptions) {
    this.#options = options
  }

  connected(): boolean {
    return this.#client !== undefined
  }

  async open(): Promise<void> {
    const { connection, on, logger, onGap } = this.#options
    const client = new pg.Client({
      ...connection,
      application_name: 'pgscript listener',
      connectionTimeoutMillis: 10_000,
      query_timeout: answerMs,
      keepAlive: true,
    })
    client.on('error', (error) => this.#lost(client, error))
    client.on('end', () => this.#lost(client))
    client.on('notification', ({ channel, payload = '' }) => on[channel as keyof Notifications]?.(payload))
    try {
      await client.connect()
      for (const channel of Object.keys(on)) await client.query(`listen ${client.escapeIdentifier(channel)}`)
    } catch (error) {
      drop(client)
      throw error
    }
    if (this.#closing.signal.aborted) return drop(client)
    this.#client = client
    this.#check = setInterval(() => {
      client.query('select 1').catch((error) => this.#lost(client, error))
    }, checkMs)
    logger.debug('listening for notifications')
    onGap()
  }

  async close(): Promise<void> {
    this.#closing.abort()
    clearInterval(this.#check)
    const client = this.#client
    this.#client = undefined
    if (client) drop(client)
    await this.#reconnecting
  }

  #lost(client: Client, error?: Error) {
    if (this.#client !== client) return
    this.#client = undefined
    clearInterval(this.#check)
    drop(client)
    this.#options.logger.warn({ err: error }, 'the listening connection was lost; polling until it is back')
    this.#reconnecting = this.#reconnect()
  }

  async #reconnect(): Promise<void> {
    const { signal } = this.#closing
    for (let attempt = 0; !signal.aborted; attempt += 1) {
      await sleep(Math.min(100 * 2 ** attempt, 5_000), undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      try {
        return await this.open()
      } catch (error) {
        this.#options.logger.debug({ err: error, attempt }, 'listening again failed')
      }
    }
  }
}

/** Closes a connection at once: whatever it still waits for does not come, or is not wanted. */
function drop(client: Client) {
  client.removeAllListeners()
  // What the end of the socket makes of a statement under way is nobody's concern any more.
  client.on('error', () => undefined)
  client.end().catch(() => undefined)
  const { stream } = (client as Client & { connection: { stream: Socket } }).connection
  stream.destroySoon()
}
