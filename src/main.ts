import { runCommandLine } from './cli/command-line.ts'

process.exitCode = await runCommandLine(process.argv.slice(2), process.env)
// What is still open now (a pool's idle socket, a listener that reconnects) must not keep the process.
process.stdout.write('', () => process.exit())
