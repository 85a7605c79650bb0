import { systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import { type LogLine, type LogPosition, readLogs } from '../executor/read-logs.ts'
import { type Command, type ExitCode, exitCodes } from './command.ts'
import { executionArgument } from './execution-argument.ts'
import { ExecutionNotFoundError } from './execution-not-found.ts'
import { forTerminal } from './for-terminal.ts'
import { type Installation, openInstallation } from './installation.ts'

export const logsCommand: Command = {
  name: 'logs',
  summary: "Print an execution's log, and follow it while it runs",
  usage: `ID [--follow]

  --follow  wait for further lines until the execution has finished

With --json each line is a JSON document of its own. Exit code 1 when a followed execution did not complete.`,
  options: { follow: { type: 'boolean', short: 'f' } },
  maxArguments: 1,
  async run(input) {
    const { config, logger, json, values } = input
    const id = executionArgument(input)
    if (values.follow !== undefined && typeof values.follow !== 'boolean') {
      throw new ConfigurationError('--follow takes no value.')
    }
    const installation = await openInstallation({ config, logger, purpose: 'cli', roles: [] })
    try {
      return await follow(installation, id, values.follow === true, (line) => printLine(line, json))
    } finally {
      await installation.close()
    }
  },
}

const betweenLooksMs = 300

async function follow(
  { database }: Installation,
  id: string,
  goOn: boolean,
  show: (line: LogLine) => void,
): Promise<ExitCode> {
  let position: LogPosition | undefined
  for (;;) {
    const { lines, status } = await readLogs(database, systemOperator, id, position)
    if (status === null) throw new ExecutionNotFoundError(id)
    for (const line of lines) show(line)
    position = lines.at(-1) ?? position
    if (lines.length > 0) continue
    const isOver = status !== 'pending' && status !== 'running'
    if (isOver && goOn) return status === 'completed' ? exitCodes.ok : exitCodes.failed
    if (!goOn) return exitCodes.ok
    await new Promise((resolve) => setTimeout(resolve, betweenLooksMs))
  }
}

function printLine({ attempt, level, atMs, message, fields }: LogLine, json: boolean) {
  const text = json
    ? JSON.stringify({ attempt, level, at: atMs, message, ...(fields !== null && { fields }) })
    : forTerminal(
        `[${Math.round(atMs)} ms] ${level}: ${message}${fields === null ? '' : ` ${JSON.stringify(fields)}`}`,
      )
  process.stdout.write(`${text}\n`)
}
