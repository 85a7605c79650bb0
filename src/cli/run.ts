import { query } from '../database/database.ts'
import { listen } from '../database/listener.ts'
import { systemOperator } from '../database/tenant-transaction.ts'
import { ConfigurationError } from '../errors.ts'
import { awaitExecution } from '../executor/await-execution.ts'
import { type ExecutionRecord, findExecution } from '../executor/find-execution.ts'
import { type ExecutionRequest, requestManualExecution } from '../executor/request-execution.ts'
import { createWaiters, type Waiters } from '../executor/waiters.ts'
import { createMetrics } from '../metrics.ts'
import { createScriptService } from '../scripts/script-service.ts'
import { type Command, type CommandInput, exitCodes, print } from './command.ts'
import { type Installation, openInstallation } from './installation.ts'
import { parseJsonOption } from './json-option.ts'
import { numberOption } from './number-option.ts'
import { openExecutor } from './open-executor.ts'
import { resultLines } from './result-lines.ts'

export const runCommand: Command = {
  name: 'run',
  summary: 'Run a saved script and wait for its result',
  usage: `NAME [--tenant KEY] [--input JSON] [--wait SECONDS] [--priority N] [--idempotency-key KEY]

  --tenant KEY           demo by default
  --input JSON           {} by default
  --wait SECONDS         60 by default; 0 prints the execution's id at once
  --priority N           from -100 (last) to 100 (first), 0 by default
  --idempotency-key KEY  a second run with the same key is the first one

Where no node runs, this process runs it itself. Exit code 1 when the script did not complete, or not in
time.`,
  options: {
    tenant: { type: 'string', short: 't' },
    input: { type: 'string', short: 'i' },
    wait: { type: 'string' },
    priority: { type: 'string' },
    'idempotency-key': { type: 'string' },
  },
  maxArguments: 1,
  async run(input) {
    const { config, logger } = input
    const asked = askedFor(input)
    const installation = await openInstallation({ config, logger, purpose: 'run', roles: [] })
    try {
      return await runAndWait(installation, input, asked)
    } finally {
      await installation.close()
    }
  },
}

interface Asked {
  tenant: string
  waitSeconds: number
  request: ExecutionRequest
}

/** Everything wrong with the arguments is said before anything is opened. */
function askedFor({ positionals, values }: CommandInput): Asked {
  const [name] = positionals
  if (!name) throw new ConfigurationError('run: give the NAME of the script.')
  const waitSeconds = numberOption(values.wait, '--wait', 60, { min: 0, max: 86_400 })
  const key = values['idempotency-key']
  return {
    tenant: String(values.tenant ?? 'demo'),
    waitSeconds,
    request: {
      script: name,
      input: JSON.stringify(parseJsonOption(values.input, '--input')),
      priority: numberOption(values.priority, '--priority', 0, { min: -100, max: 100, whole: true }),
      ...(typeof key === 'string' && { idempotencyKey: key }),
      awaited: waitSeconds > 0,
    },
  }
}

async function runAndWait(
  installation: Installation,
  input: CommandInput,
  { tenant, waitSeconds, request }: Asked,
) {
  const { database, connections } = installation
  const { config, logger, json } = input
  const waiters = createWaiters()
  const listener = await listen({
    connection: connections.listen,
    logger,
    on: { pgscript_finished: (payload) => waiters.told(payload, database.nodeId) },
    onGap: () => undefined,
  })
  let helper: Helper | undefined
  try {
    const id = await requestManualExecution(database, systemOperator, tenant, request)
    if (waitSeconds === 0) {
      print(json, { id, status: 'pending' }, [id])
      return exitCodes.ok
    }
    if (!(await anyExecutor(installation, config.leaseSeconds)))
      helper = await startHelper(installation, input, waiters)
    const mayBeOld = request.idempotencyKey !== undefined
    await awaitExecution(database, waiters, {
      id,
      reader: systemOperator,
      ms: waitSeconds * 1000,
      mayBeOld,
    })
    const record = await findExecution(database, systemOperator, id)
    if (!record) throw new Error(`execution ${id} is gone`)
    const shown = parsed(record)
    print(json, shown, record.finishedAt ? resultLines(shown) : stillGoing(record, waitSeconds))
    return record.status === 'completed' ? exitCodes.ok : exitCodes.failed
  } finally {
    await helper?.close()
    await listener.close()
  }
}

function parsed(record: ExecutionRecord) {
  const { input, output, error, logs, metrics } = record
  const [given, returned, thrown, figures] = [input, output, error, metrics].map((text) =>
    JSON.parse(text ?? 'null'),
  )
  return {
    ...record,
    input: given,
    output: returned,
    error: thrown,
    metrics: figures,
    logs: JSON.parse(logs) as unknown[],
  }
}

function stillGoing({ id, status }: ExecutionRecord, waitSeconds: number): string[] {
  return [
    `Execution ${id} is ${status} after ${waitSeconds} s, and goes on without this command.`,
    'Run it again with a longer --wait and the same --idempotency-key to wait for it.',
  ]
}

interface Helper {
  close(): Promise<void>
}

/** Nobody else would run it: this process becomes an executor for as long as it waits. */
async function startHelper(
  { database, secretKeys, connections }: Installation,
  { config, logger }: CommandInput,
  waiters: Waiters,
): Promise<Helper> {
  const scripts = createScriptService({ logger, block: config.analysisBlock })
  const { sandbox, executor, api } = await openExecutor(
    {
      database,
      secretKeys,
      scripts,
      waiters,
      metrics: createMetrics(),
      logger,
      scriptConnection: connections.script,
      isListening: () => false,
    },
    { ...config, sandboxHosts: 1 },
  )
  return {
    async close() {
      await executor.drain(0)
      await sandbox.close()
      await api.close()
      await scripts.close()
    },
  }
}

/** A node that was not seen for a whole lease is lost, or slow; another executor beside it does no harm. */
async function anyExecutor({ database }: Installation, leaseSeconds: number): Promise<boolean> {
  const nodes = await query(
    database,
    "select from pgscript_engine.list_nodes() where 'executor' = any (roles) and seconds_since_seen < $1",
    [leaseSeconds],
  )
  return nodes.length > 0
}
