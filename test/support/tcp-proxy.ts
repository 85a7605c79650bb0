import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** Stands between a client and a server, so that a test can take the server away and give it back. */
export interface Proxy {
  readonly port: number
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>
  /** Connections stay, and new ones are taken, but nothing passes any more. */
  freeze(): void
  /** Ends either: connections of before are broken, new ones pass. */
  mend(): Promise<void>
  close(): Promise<void>
}

export async function createProxy(targetPort: number, targetHost: string): Promise<Proxy> {
  const proxy = new TcpProxy(targetPort, targetHost)
  await proxy.open(0)
  return proxy
}

class TcpProxy implements Proxy {
  readonly #target: { port: number; host: string }
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined
  #frozen = false
  port = 0

  constructor(port: number, host: string) {
    this.#target = { port, host }
  }

  async open(port: number): Promise<void> {
    const server = createServer((client) => this.#accept(client))
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    this.#server = server
    this.port = (server.address() as AddressInfo).port
  }

  async cut(): Promise<void> {
    const closed = this.#server && once(this.#server, 'close')
    this.#server?.close()
    this.#server = undefined
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  freeze(): void {
    this.#frozen = true
    for (const socket of this.#sockets) socket.pause().unpipe()
  }

  async mend(): Promise<void> {
    this.#frozen = false
    await this.cut()
    await this.open(this.port)
  }

  close(): Promise<void> {
    return this.cut()
  }

  #accept(client: Socket): void {
    this.#keep(client)
    if (this.#frozen) return
    const server = connect(this.#target)
    this.#keep(server)
    client.pipe(server)
    server.pipe(client)
    client.once('close', () => server.destroy())
    server.once('close', () => client.destroy())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => undefined)
    socket.once('close', () => this.#sockets.delete(socket))
  }
}
