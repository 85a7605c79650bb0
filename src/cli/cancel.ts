import { asIdentity, systemOperator } from '../database/tenant-transaction.ts'
import { cancelExecution } from '../executor/cancel-execution.ts'
import { type Command, exitCodes, print } from './command.ts'
import { executionArgument } from './execution-argument.ts'
import { ExecutionNotFoundError } from './execution-not-found.ts'
import { openInstallation } from './installation.ts'

export const cancelCommand: Command = {
  name: 'cancel',
  summary: 'Stop an execution, waiting or running',
  usage: `ID

A waiting execution is cancelled at once, a running one is stopped within a second, on whichever node.`,
  options: {},
  maxArguments: 1,
  async run(input) {
    const { config, logger, json } = input
    const id = executionArgument(input)
    const { database, close } = await openInstallation({ config, logger, purpose: 'cli', roles: [] })
    try {
      const tenantKey = await asIdentity(database, systemOperator, async (client) => {
        const { rows } = await client.query<{ key: string }>(
          `select tenant.key from pgscript.executions as execution
           join pgscript.tenants as tenant on tenant.id = execution.tenant_id
           where execution.id = $1`,
          [id],
        )
        return rows[0]?.key
      })
      if (tenantKey === undefined) throw new ExecutionNotFoundError(id)
      const status = await cancelExecution(database, systemOperator, tenantKey, id)
      print(json, { id, status }, [status === 'running' ? `${id} is being stopped.` : `${id} is ${status}.`])
      return exitCodes.ok
    } finally {
      await close()
    }
  },
}
