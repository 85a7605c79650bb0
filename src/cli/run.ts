import { query } from '../database/database.ts'
import { listen } from '../database/listener.ts'
import { systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import { type Executor, startExecutor } from '../executor/executor.ts'
import { findExecution } from '../executor/find-execution.ts'
import { type OpenSandbox, openSandbox } from '../executor/open-sandbox.ts'
import { requestManualExecution } from '../executor/request-execution.ts'
import { createWaiters, type Waiters } from '../executor/waiters.ts'
import { createMetrics } from '../metrics.ts'
import { createScriptService } from '../scripts/script-service.ts'
import { type Command, type CommandInput, exitCodes, print } from './command.ts'
import { type Installation, openInstallation } from './installation.ts'
import { parseJsonOption } from './json-option.ts'
import { resultLines } from './result-lines.ts'

export const runCommand: Command = {
  name: 'run',
  summary: 'Run a saved script and wait for its result',
  usage: `NAME [--tenant KEY] [--input JSON] [--wait SECONDS] [--priority N] [--idempotency-key KEY]

  --tenant KEY    demo by default
  --input JSON    {} by default
  --wait SECONDS  60 by default; 0 prints the execution's id at once

Where no node runs, this process runs it itself. Exit code 1 when the script did not complete.`,
  options: {
    tenant: { type: 'string', short: 't' },
    input: { type: 'string', short: 'i' },
    wait: { type: 'string' },
    priority: { type: 'string' },
    'idempotency-key': { type: 'string' },
  },
  async run(input) {
    const [name] = input.positionals
    if (!name) throw new ConfigurationError('run: give the NAME of the script.')
    const { config, logger } = input
    const installation = await openInstallation({ config, logger, purpose: 'run', roles: [] })
    try {
      return await runAndWait(installation, input, name)
    } finally {
      await installation.close()
    }
  },
}

async function runAndWait(installation: Installation, input: CommandInput, name: string) {
  const { database, connections } = installation
  const { values, logger, json } = input
  const waitSeconds = numberOption(values.wait, '--wait', 60)
  const waiters = createWaiters()
  const listener = await listen({
    connection: connections.listen,
    logger,
    on: { pgscript_finished: (payload) => hear(payload, database.nodeId, waiters) },
    onGap: () => undefined,
  })
  let helper: Helper | undefined
  try {
    const id = await requestManualExecution(database, systemOperator, String(values.tenant ?? 'demo'), {
      script: name,
      input: JSON.stringify(parseJsonOption(values.input, '--input')),
      priority: numberOption(values.priority, '--priority', 0),
      ...(typeof values['idempotency-key'] === 'string' && { idempotencyKey: values['idempotency-key'] }),
      awaited: true,
    })
    if (waitSeconds === 0) {
      print(json, { id, status: 'pending' }, [id])
      return exitCodes.ok
    }
    if (!(await anyExecutor(installation))) helper = await startHelper(installation, input, waiters)
    await waiters.wait(id, waitSeconds * 1000)
    const record = await findExecution(database, systemOperator, id)
    if (!record) throw new Error(`execution ${id} is gone`)
    print(json, record, resultLines(record))
    return record.status === 'completed' ? exitCodes.ok : exitCodes.failed
  } finally {
    await helper?.close()
    await listener.close()
  }
}

interface Helper {
  close(): Promise<void>
}

/** Nobody else would run it: this process becomes an executor for as long as it waits. */
async function startHelper(
  { database }: Installation,
  { config, logger }: CommandInput,
  waiters: Waiters,
): Promise<Helper> {
  const metrics = createMetrics()
  const scripts = createScriptService({ logger })
  const { sandbox, slots }: OpenSandbox = await openSandbox({ ...config, sandboxHosts: 1 }, logger)
  const { leaseSeconds, pollSeconds } = config
  const executor: Executor = startExecutor({
    database,
    sandbox,
    scripts,
    waiters,
    metrics,
    logger,
    slots,
    leaseSeconds,
    pollSeconds,
  })
  return {
    async close() {
      await executor.drain(0)
      await sandbox.close()
      await scripts.close()
    },
  }
}

async function anyExecutor({ database }: Installation): Promise<boolean> {
  const nodes = await query(
    database,
    "select from pgscript_engine.list_nodes() where 'executor' = any (roles) and seconds_since_seen < 30",
  )
  return nodes.length > 0
}

function hear(payload: string, nodeId: string, waiters: Waiters) {
  const [node, ...ids] = payload.split(' ')
  if (node === nodeId) for (const id of ids) waiters.finished(id, 'recorded')
}

function numberOption(text: unknown, name: string, fallback: number): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (typeof text === 'string' && text.trim() !== '' && Number.isFinite(value)) return value
  throw new ConfigurationError(`${name}: must be a number, not "${text}".`)
}
