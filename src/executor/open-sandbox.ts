import { availableParallelism } from 'node:os'

import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { createSandbox, type Sandbox, type SandboxEvent } from '../sandbox/sandbox.ts'

export interface OpenSandbox {
  sandbox: Sandbox
  /** Runs that fit at once. */
  slots: number
}

/** Starts the sandbox hosts of this process, one per core unless set otherwise. */
export async function openSandbox(
  config: Pick<Config, 'sandboxHosts' | 'runsPerHost' | 'hostMemoryMb'>,
  logger: Logger,
  metrics?: Metrics,
): Promise<OpenSandbox> {
  const hosts = config.sandboxHosts ?? availableParallelism()
  const sandbox = await createSandbox({
    hosts,
    runsPerHost: config.runsPerHost,
    hostMemoryMb: config.hostMemoryMb,
    onEvent(event) {
      note(event, logger)
      if (event.type === 'host_exited') metrics?.sandboxHostExits.inc()
    },
  })
  return { sandbox, slots: hosts * config.runsPerHost }
}

function note(event: SandboxEvent, logger: Logger) {
  if (event.type === 'host_started') logger.debug(event, 'sandbox host started')
  else if (event.type === 'host_exited')
    logger[event.runsLost > 0 ? 'warn' : 'info'](event, 'sandbox host ended')
  else logger.error(event, 'a sandbox host does not start')
}
