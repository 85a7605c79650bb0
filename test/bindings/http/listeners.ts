import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { afterAll } from 'vitest'

export interface Listener {
  port: number
  /** Connections since the start. */
  connections: number
}

export interface HttpListener extends Listener {
  requests: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[]
}

async function listen(server: Server | ReturnType<typeof createTcpServer>, host: string, port: number) {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject)
  server.listen(port, host, resolve)
  await promise
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => sockets.add(socket))
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((done) => server.close(done))
  })
  return (server.address() as AddressInfo).port
}

/** A server on loopback that counts who comes, and answers with what `speak` writes. */
export async function listenRaw(
  speak: (socket: Socket, connection: number) => void,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<Listener> {
  const listener: Listener = { port: 0, connections: 0 }
  const server = createTcpServer((socket) => {
    listener.connections += 1
    socket.on('error', () => undefined)
    speak(socket, listener.connections)
  })
  listener.port = await listen(server, host, port)
  return listener
}

/** A server on loopback whose requests are kept. */
export async function listenHttp(
  respond: (
    request: IncomingMessage,
    response: Parameters<RequestListener>[1],
    body: Buffer,
  ) => void | Promise<void>,
  { host = '127.0.0.1', port = 0 } = {},
): Promise<HttpListener> {
  const listener: HttpListener = { port: 0, connections: 0, requests: [] }
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks)
    const { method = '', url = '', headers } = request
    listener.requests.push({ method, url, headers, body })
    await respond(request, response, body)
  })
  server.on('connection', () => {
    listener.connections += 1
  })
  listener.port = await listen(server, host, port)
  return listener
}

/** Reads a request's head, then lets `answer` write whatever it wants. */
export function afterRequest(answer: (socket: Socket, head: string) => void) {
  return (socket: Socket) => {
    let head = ''
    const onData = (chunk: Buffer) => {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.off('data', onData)
      socket.resume()
      answer(socket, head)
    }
    socket.on('data', onData)
  }
}
