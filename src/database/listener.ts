import { Socket } from 'node:net'
import type { ClientConfig } from 'pg'
import pgListen from 'pg-listen'

import type { Logger } from '../log.ts'

/** What the database says to nodes; payloads are ids only, the listener reads under its own rights. */
export interface Notifications {
  /** Work may be due. */
  pgscript_work: string
  /** `node id id …`: executions that somebody on that node waits for have finished. */
  pgscript_finished: string
  /** `node id`: somebody asks to stop an execution that runs on that node. */
  pgscript_cancel: string
  /** `tenant script`: it is another one now; `tenant`: its name, limits or settings are. */
  pgscript_script_changed: string
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

// Published as CommonJS: its default export is a property of Node's default import.
const createSubscriber = pgListen.default

/** How long the server has to take leave. */
const closeMs = 2000

/**
 * Listens for the database's notifications on a connection of its own, and reconnects for as long as
 * it takes; polling is the floor meanwhile.
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { connection, logger, on, onGap } = options
  let connected = false
  let socket: Socket | undefined
  const stream = () => {
    socket = new Socket()
    return socket
  }
  const subscriber = createSubscriber<Notifications>(
    { ...connection, application_name: 'pgscript listener', stream },
    {
      parse: (text) => text,
      retryInterval: (attempt) => Math.min(100 * 2 ** attempt, 5_000),
      retryLimit: Number.POSITIVE_INFINITY,
      retryTimeout: Number.POSITIVE_INFINITY,
      paranoidChecking: 30_000,
    },
  )
  subscriber.events.on('connected', () => {
    if (!connected) logger.debug('listening for notifications')
    connected = true
    onGap()
  })
  subscriber.events.on('reconnect', (attempt) => {
    if (connected) logger.warn({ attempt }, 'the listening connection was lost; polling until it is back')
    connected = false
  })
  subscriber.events.on('error', (error) => {
    connected = false
    logger.error({ err: error }, 'listening for notifications failed')
  })

  await subscriber.connect()
  for (const [channel, handle] of Object.entries(on)) {
    subscriber.notifications.on(channel as keyof Notifications, handle)
    await subscriber.listenTo(channel)
  }
  return {
    connected: () => connected,
    async close() {
      connected = false
      // A server that no longer answers does not take leave either.
      const late = setTimeout(() => socket?.destroy(), closeMs)
      await subscriber.close().finally(() => clearTimeout(late))
    },
  }
}
