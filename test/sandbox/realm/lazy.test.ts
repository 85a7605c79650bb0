import { describe, expect, test } from 'vitest'

import { isolations, job, useSandbox } from '../jobs.ts'

describe.each(isolations)('what is loaded when first asked for, with isolation %s', (isolation) => {
  const sandbox = useSandbox({ hosts: 1 })
  const run = (body: string, tenantId: string, limits = {}) =>
    sandbox.it.run(job(`export default async () => { ${body} }`, { isolation, tenantId, limits }))
  const check = `return [new URL('https://a/?b=1').searchParams.get('b'), await new Response(new Blob(['x'])).text(), typeof sdk.db.from('t').toSQL().text]`

  test('is whole after a load that ran out of stack half way', async () => {
    const names = [
      'URL',
      'Response',
      'ReadableStream',
      'FormData',
      'crypto',
      'AbortSignal',
      'structuredClone',
    ]
    const { error } = await run(
      `let depth = 0
      const names = ${JSON.stringify(names)}
      const down = () => {
        depth += 1
        try { down() } catch {}
        if (depth > 0) for (const name of names) try { void globalThis[name]; void sdk.db; void sdk.utils } catch {}
        depth -= 1
      }
      const shallow = (n) => { try { return n === 0 ? down() : shallow(n - 1) } catch {} }
      shallow(3)`,
      'deep',
    )
    expect(error).toBeNull()
    const { output, error: after } = await run(check, 'deep')
    expect([after, output]).toEqual([null, '["1","x","string"]'])
  })

  test('may be asked for by a run that is stopped meanwhile', async () => {
    const started = await Promise.all(
      [1, 2, 3, 5, 8, 13].map((wallMs) =>
        run(`${check.replace('return', 'void')}; for (;;);`, `killed-${wallMs}`, { wallMs }),
      ),
    )
    expect(started.map(({ status }) => status)).toEqual(new Array(6).fill('timeout'))
    expect((await run(check, 'after')).output).toBe('["1","x","string"]')
  })

  test('can be replaced by the script, for itself alone', async () => {
    const { output } = await run(
      `globalThis.URL = class Mine {}; const mine = globalThis.URL.name; globalThis.fetch = 1; return [mine, globalThis.fetch]`,
      'own',
    )
    expect(output).toBe('["Mine",1]')
    expect((await run('return [globalThis.URL.name, typeof fetch]', 'own')).output).toBe('["URL","function"]')
  })

  test('does not make code of strings for a script', async () => {
    const { output } = await run(
      `const seen = []
      for (const f of [() => eval('1'), () => Function('return 1')(), () => URL.constructor('return 1')(), () => fetch.constructor('return 1')()])
        try { seen.push(f()) } catch (e) { seen.push(e.name) }
      return seen`,
      'code',
    )
    expect(output).toBe('["TypeError","TypeError","TypeError","TypeError"]')
  })
})
