// A process that holds an embedded server until it is told to release it, or killed.
import { startEmbeddedServer } from '../../src/database/embedded-server.ts'

const options = JSON.parse(process.argv[2] ?? '{}')
try {
  const server = await startEmbeddedServer(options)
  console.log(JSON.stringify(server))
  process.stdin.once('end', () => void server.release())
  process.stdin.resume()
} catch (error) {
  const { code, message } =
    error instanceof Error && 'code' in error ? error : { code: 'bug', message: String(error) }
  console.log(JSON.stringify({ code, message }))
}
