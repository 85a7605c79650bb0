import type { SandboxIsolation, SandboxJob } from '../sandbox/sandbox.ts'
import type { Settings } from './load-version.ts'

const isolations: readonly unknown[] = ['realm', 'context', 'isolate'] satisfies SandboxIsolation[]

/** How a tenant's executions are kept apart, by its settings; what does not fit means the default. */
export function isolationOf(settings: Settings): Pick<SandboxJob, 'isolation' | 'shared' | 'allowCode'> {
  const { isolation } = settings
  return {
    isolation: isolations.includes(isolation) ? (isolation as SandboxIsolation) : 'realm',
    shared: settings.shared_isolates === true,
    allowCode: settings.allow_code_generation === true,
  }
}
