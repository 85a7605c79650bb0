import type { Logger } from '../../log.ts'
import type { Metrics } from '../../metrics.ts'
import type { PrivateTargets } from '../../private-targets.ts'
import type { OpenBinding } from '../binding.ts'
import { createAddressCheck } from './check-address.ts'
import { createLargeBodies } from './large-bodies.ts'
import { createLocate } from './locate.ts'
import { openHttp } from './open-http.ts'
import { createResolve, type Resolve } from './resolve.ts'

export interface CreateHttpOptions {
  logger: Logger
  metrics: Metrics | undefined
  permitted: PrivateTargets
  resolve?: Resolve
  refusalStepMs?: number
  /** Certificate authorities in place of the known ones; for tests. */
  ca?: string
}

/** The outbound HTTP of the scripts of this process, with what all runs share. */
export function createHttp(options: CreateHttpOptions): OpenBinding {
  const { logger, metrics, permitted, resolve = createResolve(), refusalStepMs = 500, ca } = options
  const locate = createLocate({
    mayConnect: createAddressCheck({ permitted }),
    permitted,
    resolve,
    refusalStepMs,
    onRefused(run, { host, reason }) {
      metrics?.ssrfBlocked.inc({ reason })
      const { tenantId: tenant_id, scriptName: script, executionId: execution_id } = run
      logger.warn({ tenant_id, execution_id, script, host, reason }, 'an HTTP call of a script was refused')
    },
  })
  return openHttp({ locate, largeBodies: createLargeBodies(), ...(ca !== undefined && { ca }) })
}
