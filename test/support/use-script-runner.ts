import { afterAll, beforeAll } from 'vitest'

import { systemOperator } from '../../src/database/tenant-transaction.ts'
import { sandboxLimits } from '../../src/executor/limits.ts'
import { createVersionLoader, type VersionLoader } from '../../src/executor/load-version.ts'
import { type SavedScript, type ScriptToSave, saveScript } from '../../src/executor/save-script.ts'
import {
  createSandbox,
  type Sandbox,
  type SandboxLimits,
  type SandboxResult,
} from '../../src/sandbox/sandbox.ts'
import { createScriptService, type ScriptService } from '../../src/scripts/script-service.ts'
import { asOwner } from './call.ts'
import type { GivenTenant } from './given-tenant.ts'
import type { TestDatabase } from './use-database.ts'

type Content = Omit<ScriptToSave, 'tenantKey' | 'name' | 'source'>

export interface ScriptRunner {
  readonly scripts: ScriptService
  save(tenant: GivenTenant, name: string, source: string, content?: Content): Promise<SavedScript>
  activate(tenant: GivenTenant, name: string): Promise<void>
  /** Saved, found good and active. */
  provide(tenant: GivenTenant, name: string, source: string, content?: Content): Promise<SavedScript>
  run(saved: SavedScript, input?: unknown, limits?: Partial<SandboxLimits>): Promise<SandboxResult>
}

/** Saves scripts as the node does and runs them in a real sandbox, without a queue. */
export function useScriptRunner(database: TestDatabase): ScriptRunner {
  const scripts = createScriptService()
  let sandbox: Sandbox
  let versions: VersionLoader
  beforeAll(async () => {
    sandbox = await createSandbox({ hosts: 1, runsPerHost: 4, hostMemoryMb: 512 })
    versions = createVersionLoader(database.node, scripts)
  })
  afterAll(async () => {
    await sandbox.close()
    await scripts.close()
  })
  const save = async (tenant: GivenTenant, name: string, source: string, content: Content = {}) =>
    await saveScript(database.node, scripts, systemOperator, {
      tenantKey: tenant.key,
      name,
      source,
      ...content,
    })
  const activate = async (tenant: GivenTenant, name: string) => {
    await asOwner(database, 'select pgscript.activate_script($1, $2)', [tenant.key, name])
  }
  return {
    scripts,
    save,
    activate,
    async provide(tenant, name, source, content) {
      const saved = await save(tenant, name, source, content)
      await activate(tenant, name)
      return saved
    },
    async run(saved, input = {}, changed = {}) {
      const { tenantId, id: scriptId, version } = saved
      const { key, fileName, code, source, files, limits } = await versions.load({
        tenantId,
        scriptId,
        version,
      })
      return await sandbox.run({
        executionId: crypto.randomUUID(),
        tenantId,
        script: { key, fileName, code, source, ...(files && { files }) },
        input: JSON.stringify(input),
        context: '{}',
        limits: { ...sandboxLimits(limits), ...changed },
      })
    },
  }
}
