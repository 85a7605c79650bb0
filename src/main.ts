import { parseArgs } from 'node:util'

import { type Command, type CommandInput, type ExitCode, exitCodes, print } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import { reportFailure } from './cli/report-failure.ts'
import { type Config, loadConfig } from './config.ts'
import { packageVersion } from './database/package-version.ts'
import { ConfigurationError } from './errors.ts'
import { createLogger } from './log.ts'

const common = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  quiet: { type: 'boolean', short: 'q' },
} as const

async function main(args: readonly string[]): Promise<ExitCode> {
  const [name, ...rest] = args
  const json = rest.includes('--json')
  try {
    if (name === '--version' || name === '-v' || name === 'version') {
      print(json, { version: packageVersion }, [`pgscript ${packageVersion}`])
      return exitCodes.ok
    }
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      const [topic] = rest
      process.stdout.write(topic === undefined || topic.startsWith('-') ? overview() : helpOf(find(topic)))
      return name === undefined ? exitCodes.usage : exitCodes.ok
    }
    const command = find(name)
    const { values, positionals } = parse(command, rest)
    if (values.help) {
      process.stdout.write(helpOf(command))
      return exitCodes.ok
    }
    const config = loadConfig(process.env)
    const logger = createLogger(logLevelFor(command, values, config))
    return await command.run({ config, logger, values, positionals, json })
  } catch (error) {
    return reportFailure(error, json)
  }
}

function find(name: string): Command {
  const command = commands.find((candidate) => candidate.name === name)
  if (command) return command
  throw new ConfigurationError(`There is no command "${name}". \`pgscript help\` lists them all.`)
}

function parse(command: Command, args: string[]): Pick<CommandInput, 'values' | 'positionals'> {
  const { name, usage, maxArguments = 0 } = command
  const refuse = (why: string) =>
    new ConfigurationError(`${name}: ${why}\nUsage: pgscript ${name} ${usage.split('\n\n')[0]}`)
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...common, ...command.options },
      allowPositionals: true,
    })
    const extra = positionals[maxArguments]
    if (extra === undefined) return { values, positionals }
    throw refuse(`"${extra}" is one argument too many. Quote an argument that holds spaces.`)
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) throw refuse(error.message)
    throw error
  }
}

/** A command that prints a result is quiet about how it came about, unless asked. */
function logLevelFor(command: Command, values: CommandInput['values'], config: Config): string {
  const asked = command.name === 'start' || process.env.PGSCRIPT_LOG_LEVEL
  return values.quiet || !asked ? 'warn' : config.logLevel
}

function overview(): string {
  const width = Math.max(...commands.map((command) => command.name.length))
  const lines = commands.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`)
  return `pgscript ${packageVersion}: tenants' JavaScript, with PostgreSQL as the orchestrator

Usage: pgscript <command> [options]

${lines.join('\n')}

Every command takes --json (one JSON document on standard output), --quiet and --help.
Exit codes: 0 done, 1 done with a bad outcome, 2 usage or settings, 3 refused, 4 database unavailable.
`
}

function helpOf(command: Command): string {
  return `pgscript ${command.name}: ${command.summary}\n\nUsage: pgscript ${command.name} ${command.usage}\n`
}

process.exitCode = await main(process.argv.slice(2))
// What is still open now (a pool's idle socket, a listener that reconnects) must not keep the process.
process.stdout.write('', () => process.exit())
