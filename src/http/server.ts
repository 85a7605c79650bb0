import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Koa from 'koa'

import { ConfigurationError } from '../errors.ts'

export interface HttpServer {
  /** Such as `http://127.0.0.1:3000`. */
  readonly url: string
  /** Takes no new request, lets those under way finish for `ms`, then cuts them. */
  close(ms: number): Promise<void>
}

/** @throws {ConfigurationError} when the address is taken or not ours. */
export async function listenHttp(app: Koa, host: string, port: number): Promise<HttpServer> {
  const server = createServer({ keepAliveTimeout: 65_000, requestTimeout: 120_000 }, app.callback())
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return { url: `http://${name}:${address.port}`, close: (ms) => closeServer(server, ms) }
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new ConfigurationError(
      `Port ${port} on ${host} is taken. Stop what uses it, or choose another with PORT or --port.`,
    )
  }
  if (error.code === 'EACCES' || error.code === 'EADDRNOTAVAIL') {
    return new ConfigurationError(
      `Cannot listen on ${host} port ${port} (${error.code}). Check PGSCRIPT_HOST and PORT.`,
    )
  }
  return error
}

async function closeServer(server: Server, ms: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  // A connection that is answered from here on would stay open for its client's next request.
  const sweep = setInterval(() => server.closeIdleConnections(), 50)
  const cut = setTimeout(() => server.closeAllConnections(), ms)
  await closed
  clearInterval(sweep)
  clearTimeout(cut)
}
