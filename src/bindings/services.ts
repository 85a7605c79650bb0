import type { z } from 'zod'

import { CallError, type OpenBinding, type RunScope } from './binding.ts'

/** A function of the host platform's that scripts may call by name. */
export interface Service {
  /** What the arguments of a call must be; what it makes of them is what `run` gets. */
  args: z.ZodType<readonly unknown[]>
  /**
   * Answers with a JSON-like value. A `CallError` is told to the script; of any other error it learns only
   * that the call failed.
   */
  run(
    args: readonly unknown[],
    caller: Pick<RunScope, 'tenantId' | 'tenantKey' | 'userId' | 'executionId' | 'signal'>,
  ): Promise<unknown>
}

export type Services = ReadonlyMap<string, Service>

/** `services.call [name, args]`: what the platform has registered, as the run's tenant. */
export function openServices(services: Services): OpenBinding {
  return (run) => ({
    calls: {
      async 'services.call'([name, args]) {
        if (typeof name !== 'string' || !Array.isArray(args)) {
          throw new CallError('invalid_arguments', 'services.call: needs the name of a service.')
        }
        const service = services.get(name)
        if (service === undefined) {
          const shown = name.slice(0, 100)
          throw new CallError('service_not_found', `services.call: the platform offers no service ${shown}.`)
        }
        const parsed = service.args.safeParse(args)
        if (!parsed.success) throw new CallError('invalid_arguments', fault(name, parsed.error))
        return await service.run(parsed.data, run)
      },
    },
  })
}

function fault(name: string, { issues }: z.ZodError): string {
  const [issue] = issues
  const place = issue?.path[0] === undefined ? 'the arguments' : `argument ${Number(issue.path[0]) + 1}`
  const rest = issue?.path.slice(1).map((part) => `.${String(part)}`) ?? []
  return `services.${name}: ${place}${rest.join('')}: ${issue?.message}.`
}
