import type { ParseArgsOptionsConfig } from 'node:util'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import { forTerminal } from './for-terminal.ts'

/** What every command ends with; docs/cli.md is the table for users. */
export const exitCodes = {
  ok: 0,
  /** The command did its work and the outcome is bad: a script failed, doctor found faults. */
  failed: 1,
  /** Arguments or settings that cannot be used. */
  usage: 2,
  /** Refused: not found, no permission, a conflict. */
  refused: 3,
  /** The database cannot be reached or used. */
  unavailable: 4,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

export interface CommandInput {
  config: Config
  logger: Logger
  values: Record<string, string | boolean | string[] | undefined>
  positionals: string[]
  /** Whether the result is printed as JSON, for programs. */
  json: boolean
}

export interface Command {
  name: string
  summary: string
  /** Below the first line of help: arguments, options, an example. */
  usage: string
  options: ParseArgsOptionsConfig
  /** How many arguments it takes besides options; 0 where not given. */
  maxArguments?: number
  run(input: CommandInput): Promise<ExitCode>
}

/** Prints a command's result: one JSON document, or lines for people. */
export function print(json: boolean, value: unknown, lines: readonly string[]): void {
  const shown = json ? [JSON.stringify(value)] : lines.map(forTerminal)
  process.stdout.write(shown.map((line) => `${line}\n`).join(''))
}
