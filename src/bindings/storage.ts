import { atMost, jsonArgument, optionsArgument, textArgument, wholeArgument } from './arguments.ts'
import type { OpenBinding } from './binding.ts'
import type { Engine } from './engine.ts'

const longestKey = 500
const longestList = 1_000
const usualList = 100

/** `storage.*`: values of the tenant that stay until they are deleted, whichever of its scripts set them. */
export function openStorage(engine: Engine): OpenBinding {
  return (run) => {
    const ask = async (text: string, ...values: unknown[]) =>
      (await engine.call<{ value: unknown }>(run, text, values))[0]
    const keyOf = (call: string, args: readonly unknown[]) => {
      atMost(call, args, 1)
      return textArgument(call, 'key', args[0], longestKey)
    }
    return {
      calls: {
        async 'storage.get'(args) {
          const key = keyOf('storage.get', args)
          return (await ask('select value from pgscript_engine.storage_get($1, $2, $3)', key))?.value ?? null
        },
        async 'storage.exists'(args) {
          const key = keyOf('storage.exists', args)
          return (
            (await ask('select true as value from pgscript_engine.storage_get($1, $2, $3)', key)) !==
            undefined
          )
        },
        async 'storage.set'(args) {
          atMost('storage.set', args, 2)
          const key = textArgument('storage.set', 'key', args[0], longestKey)
          const value = jsonArgument('storage.set', 'value', args[1], run.limits.value_bytes ?? 0)
          await ask('select from pgscript_engine.storage_set($1, $2, $3, $4)', key, value)
          return null
        },
        async 'storage.delete'(args) {
          const key = keyOf('storage.delete', args)
          return (await ask('select pgscript_engine.storage_delete($1, $2, $3) as value', key))?.value
        },
        async 'storage.list'(args) {
          atMost('storage.list', args, 1)
          const { prefix, after, limit } = listOptions(args[0])
          const rows = await engine.call<{ key: string }>(
            run,
            'select key from pgscript_engine.storage_list($1, $2, $3, $4, $5)',
            [prefix, after, limit + 1],
          )
          const keys = rows.slice(0, limit).map(({ key }) => key)
          return { keys, next: rows.length > limit ? keys.at(-1) : null }
        },
      },
    }
  }
}

function listOptions(given: unknown) {
  const call = 'storage.list'
  const { prefix = '', after, limit = usualList } = optionsArgument(call, given, ['prefix', 'after', 'limit'])
  return {
    prefix: prefix === '' ? '' : textArgument(call, 'prefix', prefix, longestKey),
    after: after === undefined ? null : textArgument(call, 'after', after, longestKey),
    limit: wholeArgument(call, 'limit', limit, { min: 1, max: longestList }),
  }
}
