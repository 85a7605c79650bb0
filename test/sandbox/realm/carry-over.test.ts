import { parse } from 'acorn'
import { describe, expect, test } from 'vitest'

import { job, useSandbox } from '../jobs.ts'
import { throughOurs } from './left-elsewhere.ts'
import { throughIntrinsics } from './left-in-intrinsics.ts'

/** Most of what is tried is refused with an error, which must not keep the rest from being tried. */
function eachStatementTried(body: string): string {
  const { body: statements } = parse(body, { ecmaVersion: 'latest', allowAwaitOutsideFunction: true })
  const tried = statements.map((statement) => {
    const text = body.slice(statement.start, statement.end)
    return statement.type === 'ExpressionStatement' ? `try { ${text} } catch {}` : text
  })
  return tried.join('\n')
}

describe('what one execution does in a realm is not seen by the next:', () => {
  const sandbox = useSandbox({ hosts: 1 })
  let tenants = 0

  test.for([...throughIntrinsics, ...throughOurs])('%s', async ([, leave, look]) => {
    tenants += 1
    const calls: string[] = []
    const run = (tenant: string, body: string) =>
      sandbox.it.run(
        job(`export default async (input, context) => { ${body} }`, {
          tenantId: `${tenant}-${tenants}`,
          input: { a: 1 },
          context: { tenant: { id: 1 } },
        }),
        {
          onCall: async (name, args) => {
            calls.push(name + args)
            return 'null'
          },
        },
      )

    const untouched = await run('fresh', look)
    const before = sandbox.it.stats().warmHits
    const left = await run('touched', eachStatementTried(leave))
    const looked = await run('touched', look)

    expect(left.status).toBe('completed')
    expect([looked.status, looked.output]).toEqual(['completed', untouched.output])
    expect(looked.logs.filter((line) => line.message === 'left')).toEqual([])
    expect(calls.filter((call) => call.includes('left'))).toEqual([])
    // It was the same isolate, or nothing has been shown.
    expect(sandbox.it.stats().warmHits).toBe(before + 1)
  })
})
