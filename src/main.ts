import { parseArgs } from 'node:util'

import { type Command, type CommandInput, type ExitCode, exitCodes } from './cli/command.ts'
import { commands } from './cli/commands.ts'
import { reportFailure } from './cli/report-failure.ts'
import { loadConfig } from './config.ts'
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
  if (name === '--version' || name === '-v' || name === 'version') {
    process.stdout.write(`pgscript ${packageVersion}\n`)
    return exitCodes.ok
  }
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    const asked = commands.find((command) => command.name === rest[0])
    process.stdout.write(asked ? helpOf(asked) : overview())
    return name === undefined ? exitCodes.usage : exitCodes.ok
  }
  const command = commands.find((candidate) => candidate.name === name)
  const json = rest.includes('--json')
  try {
    if (!command)
      throw new ConfigurationError(`There is no command "${name}". \`pgscript help\` lists them all.`)
    const parsed = parse(command, rest)
    if (parsed.values.help) {
      process.stdout.write(helpOf(command))
      return exitCodes.ok
    }
    return await command.run(parsed)
  } catch (error) {
    return reportFailure(error, json)
  }
}

function parse(command: Command, args: string[]): CommandInput {
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { ...common, ...command.options },
      allowPositionals: true,
      allowNegative: true,
    })
    const config = loadConfig(process.env)
    // A command that prints a result is quiet about how it came about, unless asked.
    const level =
      values.quiet || (command.name !== 'start' && !process.env.PGSCRIPT_LOG_LEVEL) ? 'warn' : config.logLevel
    return { config, logger: createLogger(level), values, positionals, json: values.json === true }
  } catch (error) {
    if (error instanceof TypeError && 'code' in error) {
      throw new ConfigurationError(
        `${error.message}\nUsage: pgscript ${command.name} ${command.usage.split('\n')[0]}`,
      )
    }
    throw error
  }
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
