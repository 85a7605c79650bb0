import { parseArgs } from 'node:util'

import { type Config, type Environment, loadConfig } from '../config.ts'
import { packageVersion } from '../database/package-version.ts'
import { ConfigurationError } from '../errors.ts'
import { createLogger } from '../log.ts'
import { type Command, type CommandInput, type ExitCode, exitCodes, print } from './command.ts'
import { commands, loadCommands } from './commands.ts'
import { reportFailure } from './report-failure.ts'

const common = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  quiet: { type: 'boolean', short: 'q' },
} as const

/** Does what a command line asks for, and says with which code the process must end. */
export async function runCommandLine(args: readonly string[], environment: Environment): Promise<ExitCode> {
  const [name, ...rest] = commandFirst(args)
  const json = args.includes('--json')
  try {
    if (name === '--version' || name === '-v' || name === 'version') {
      print(json, { version: packageVersion }, [`pgscript ${packageVersion}`])
      return exitCodes.ok
    }
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      const topic = rest.find((arg) => !arg.startsWith('-'))
      printHelp(json, topic === undefined ? await overview() : helpOf(await find(topic)))
      return name === undefined ? exitCodes.usage : exitCodes.ok
    }
    const command = await find(name)
    const { values, positionals } = parse(command, rest)
    if (values.help) {
      printHelp(json, helpOf(command))
      return exitCodes.ok
    }
    const config = loadConfig(environment)
    const logger = createLogger(logLevelFor(command, values, environment, config))
    return await command.run({ config, logger, values, positionals, json })
  } catch (error) {
    return reportFailure(error, json)
  }
}

/** What every command takes may also stand before its name: `pgscript --json exec FILE`. */
function commandFirst(args: readonly string[]): string[] {
  const at = args.findIndex((arg) => !['--json', '--quiet', '-q'].includes(arg))
  return at < 0 ? [] : [...args.slice(at, at + 1), ...args.slice(0, at), ...args.slice(at + 1)]
}

function printHelp(json: boolean, help: string): void {
  const text = help.trimEnd()
  print(json, { help: text }, [text])
}

async function find(name: string): Promise<Command> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load) return await load()
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
function logLevelFor(
  command: Command,
  values: CommandInput['values'],
  environment: Environment,
  config: Config,
): string {
  const asked = command.name === 'start' || environment.PGSCRIPT_LOG_LEVEL
  return values.quiet || !asked ? 'warn' : config.logLevel
}

async function overview(): Promise<string> {
  const all = await loadCommands()
  const width = Math.max(...all.map((command) => command.name.length))
  const lines = all.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`)
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
