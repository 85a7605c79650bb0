import { CallError, type OpenBinding, type RunScope } from '../binding.ts'
import { transactionMs as defaultTransactionMs, statementMs } from './limits.ts'
import { parametersOf } from './parameters.ts'
import { RunTransactions } from './run-transactions.ts'
import type { ScriptDatabase } from './script-database.ts'
import { isolationLevels } from './script-session.ts'

/** `db.*`: a script's own SQL, as its tenant, on what the platform has shared. */
export function createDbBinding(
  scripts: ScriptDatabase,
  { transactionMs = defaultTransactionMs }: { transactionMs?: number } = {},
): OpenBinding {
  return (run) => {
    const transactions = new RunTransactions(scripts, run, transactionMs)
    const execute = (args: readonly unknown[]) => runStatement(scripts, run, transactions, args)
    return {
      calls: {
        'db.query': async (args) => (await execute(args)).rows,
        'db.queryOne': async (args) => (await execute(args)).rows[0] ?? null,
        'db.execute': async (args) => ({ rowCount: (await execute(args)).rowCount }),
        'db.begin': async ([options]) => await transactions.begin(isolationOf(options)),
        'db.commit': async ([id]) => await transactions.commit(id),
        'db.rollback': async ([id]) => await transactions.rollback(id),
      },
      close: () => transactions.close(),
    }
  }
}

async function runStatement(
  scripts: ScriptDatabase,
  run: RunScope,
  transactions: RunTransactions,
  [sql, params, options]: readonly unknown[],
) {
  if (typeof sql !== 'string') throw new CallError('invalid_arguments', 'sql: must be a text.')
  const { transaction: id, bytes } = optionsOf(options)
  const values = parametersOf(params, bytes)
  const { writes } = await scripts.grammar.check(sql)
  if (id !== undefined) return await transactions.run(id, sql, values)

  const session = await scripts.open(run, {
    purpose: 'statement',
    readOnly: !writes,
    isolation: 'read committed',
  })
  try {
    const result = await session.run(sql, values, { ms: timeLeft(run), signal: run.signal })
    await session.commit()
    return result
  } catch (error) {
    await session.rollback()
    throw error
  }
}

/** What a statement may take. */
export function timeLeft(run: RunScope): number {
  return Math.max(0, Math.min(statementMs, run.deadline - performance.now()))
}

/** Of the guest's own making: in which transaction, and which parameters were bytes. */
function optionsOf(options: unknown): { transaction?: unknown; bytes?: unknown } {
  if (options === undefined || options === null) return {}
  if (typeof options !== 'object') throw new CallError('invalid_arguments', 'options: must be an object.')
  const { transaction, bytes } = options as { transaction?: unknown; bytes?: unknown }
  return { transaction: transaction ?? undefined, bytes }
}

function isolationOf(options: unknown) {
  const asked = typeof options === 'object' && options !== null && 'isolation' in options && options.isolation
  if (asked === false || asked === undefined || asked === null) return 'read committed'
  const level = isolationLevels.find((name) => name === asked)
  if (level === undefined) {
    throw new CallError('invalid_arguments', `isolation: must be one of ${isolationLevels.join(', ')}.`)
  }
  return level
}
