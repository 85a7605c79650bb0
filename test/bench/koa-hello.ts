// The peer of the HTTP rows: Koa that reads a JSON body and answers with JSON, and records nothing.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bodyParser } from '@koa/bodyparser'
import Koa from 'koa'

const app = new Koa()
app.use(bodyParser({ enableTypes: ['json'] }))
app.use((ctx) => {
  const { input } = ctx.request.body as { input: { name: string } }
  ctx.body = { greeting: `Hello, ${input.name}!` }
})
const server = createServer(app.callback()).listen(0, '127.0.0.1')
await once(server, 'listening')
process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
process.once('disconnect', () => process.exit())
