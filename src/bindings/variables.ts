import { atMost, nameArgument } from './arguments.ts'
import { CallError, type OpenBinding } from './binding.ts'
import type { Engine } from './engine.ts'

/** `variables.get(name)`: plain values of the tenant. */
export function openVariables(engine: Engine): OpenBinding {
  return (run) => ({
    calls: {
      async 'variables.get'(args) {
        atMost('variables.get', args, 1)
        const name = nameArgument('variables.get', 'name', args[0])
        const [row] = await engine.call<{ value: unknown }>(
          run,
          'select value from pgscript_engine.read_variable(capability => $1, tenant_id => $2, name => $3)',
          [name],
        )
        if (!row) throw new CallError('variable_not_found', `variables.get: there is no variable ${name}.`)
        return row.value
      },
    },
  })
}
