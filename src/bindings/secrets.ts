import type { Logger } from '../log.ts'
import { atMost, nameArgument } from './arguments.ts'
import { CallError, type OpenBinding, type RunScope } from './binding.ts'
import type { Engine } from './engine.ts'
import type { SecretKeys } from './secret-keys.ts'

export interface SecretsOptions {
  engine: Engine
  keys: SecretKeys
  logger: Logger
}

/** Each costs a look at everything that the run writes. */
const mostOfRun = 50

interface SecretRow {
  version: number
  key_id: string
  nonce: Buffer
  ciphertext: Buffer
}

/** `secrets.get(name)`: what the script may read, decrypted here; masked from then on in all that the run writes. */
export function openSecrets({ engine, keys, logger }: SecretsOptions): OpenBinding {
  return (run) => {
    const known = new Map<string, Promise<string>>()

    async function read(name: string): Promise<string> {
      const [row] = await engine.call<SecretRow>(
        run,
        'select * from pgscript_engine.read_secret(capability => $1, tenant_id => $2, script_id => $3, name => $4)',
        [run.scriptId, name],
      )
      if (!row) {
        throw new CallError(
          'secret_not_found',
          `secrets.get: there is no secret ${name}, or this script may not read it.`,
        )
      }
      const { version, key_id: keyId, nonce, ciphertext } = row
      const value = keys.open({ tenantId: run.tenantId, name, version }, { keyId, nonce, ciphertext })
      if (value === null) throw unreadable(run, name, keyId, logger)
      run.onSecret?.(value)
      return value
    }

    return {
      calls: {
        async 'secrets.get'(args) {
          atMost('secrets.get', args, 1)
          const name = nameArgument('secrets.get', 'name', args[0])
          if (known.size >= mostOfRun && !known.has(name)) {
            throw new CallError('secret_limit', `secrets.get: a run may read ${mostOfRun} secrets at most.`)
          }
          const reading = known.get(name) ?? read(name)
          known.set(name, reading)
          return await reading.catch((error) => {
            known.delete(name)
            throw error
          })
        },
      },
    }
  }
}

function unreadable(run: RunScope, name: string, keyId: string, logger: Logger): CallError {
  logger.error(
    { tenant_id: run.tenantId, secret: name, key_id: keyId },
    'a secret cannot be decrypted: its key is unknown here, or its row was changed',
  )
  return new CallError(
    'secret_unreadable',
    `secrets.get: the secret ${name} cannot be decrypted; set it again.`,
  )
}
