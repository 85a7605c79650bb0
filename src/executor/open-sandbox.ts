import { availableParallelism } from 'node:os'

import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { createSandbox, type Sandbox, type SandboxEvent, type SandboxOptions } from '../sandbox/sandbox.ts'

export interface OpenSandbox {
  sandbox: Sandbox
  /** Runs that fit at once. */
  slots: number
}

export interface SandboxObservers {
  metrics?: Metrics
  onStaleCode?(key: string): void
}

/** Starts the sandbox hosts of this process, one per core unless set otherwise. */
export async function openSandbox(
  config: Pick<Config, 'sandboxHosts' | 'runsPerHost' | 'hostMemoryMb' | 'cgroup'>,
  logger: Logger,
  { metrics, onStaleCode }: SandboxObservers = {},
): Promise<OpenSandbox> {
  const hosts = config.sandboxHosts ?? availableParallelism()
  const { runsPerHost, hostMemoryMb, cgroup } = config
  const sandbox = await createSandbox({
    hosts,
    runsPerHost,
    hostMemoryMb,
    ...(cgroup !== undefined && { cgroup }),
    ...(onStaleCode && { onStaleCode }),
    onEvent(event) {
      note(event, logger)
      if (event.type === 'host_exited') metrics?.sandboxHostExits.inc()
    },
    ...(metrics && { onStarted: observeStarts(metrics) }),
  })
  return { sandbox, slots: hosts * runsPerHost }
}

function observeStarts({ poolHits, poolWait, start }: Metrics): NonNullable<SandboxOptions['onStarted']> {
  return ({ warmth, waitMs, startMs }) => {
    poolHits.inc({ result: warmth })
    poolWait.observe(waitMs / 1000)
    start.observe({ isolate: warmth }, startMs / 1000)
  }
}

/** One line that says what stands around scripts here, and what does not. */
export function logWalls(sandbox: Sandbox, logger: Logger): void {
  const walls = sandbox.walls()
  const names = (stands: boolean) => walls.filter((wall) => wall.stands === stands).map((wall) => wall.name)
  logger.info({ standing: names(true), missing: names(false) }, 'walls around scripts')
}

function note(event: SandboxEvent, logger: Logger) {
  if (event.type === 'host_started') logger.debug(event, 'sandbox host started')
  else if (event.type === 'host_retiring') logger.info(event, 'a sandbox host makes way for a new one')
  else if (event.type === 'host_exited')
    logger[event.runsLost > 0 ? 'warn' : 'info'](event, 'sandbox host ended')
  else logger.error(event, 'a sandbox host does not start')
}
