import type { SandboxJob, SandboxScript } from '../types.ts'
import type { ActiveRun } from './active-run.ts'

/** A tenant's next run, as far as it can be foreseen. */
export type WarmUp = Pick<SandboxJob, 'tenantId' | 'script' | 'limits' | 'isolation' | 'shared' | 'allowCode'>

/** What is likely to be run again of what runs now; without its input, which may be large. */
export function warmUpOf({ job, shared }: ActiveRun): WarmUp {
  const { tenantId, script, limits, isolation, allowCode } = job
  return {
    tenantId,
    script,
    limits,
    shared,
    ...(isolation && { isolation }),
    ...(allowCode && { allowCode }),
  }
}

function optionsOf({ allowCode }: Pick<SandboxJob, 'allowCode'>, shared = false): string {
  return `${shared ? 'shared' : ''}${allowCode ? 'code' : ''}`
}

const compiledText = ({ compiled }: SandboxScript) => compiled?.toString('base64') ?? ''

/** Most runs have the limits of the one before. */
let lastLimits: { limits: object; text: string } | undefined
function limitsText(limits: object): string {
  if (lastLimits?.limits !== limits) lastLimits = { limits, text: JSON.stringify(limits) }
  return lastLimits.text
}

/** @param isKnown whether the host has the code already */
export function runFrame({ id, job, seed, shared }: ActiveRun, isKnown: boolean): string[] {
  const { script } = job
  return [
    'run',
    id,
    job.tenantId,
    script.key,
    script.fileName,
    isKnown ? '' : script.code,
    job.input,
    job.context,
    limitsText(job.limits),
    job.isolation ?? 'realm',
    seed,
    String(job.startedAt ?? ''),
    optionsOf(job, shared),
    isKnown ? '' : compiledText(script),
  ]
}

export function codeFrame({ id, job }: ActiveRun): string[] {
  const { script } = job
  return ['code', id, script.key, script.fileName, script.code, compiledText(script)]
}

export function warmFrame({ tenantId, script, limits, isolation, shared, allowCode }: WarmUp): string[] {
  const { key, fileName, code } = script
  const options = optionsOf(allowCode === undefined ? {} : { allowCode }, shared)
  return ['warm', tenantId, key, fileName, code, JSON.stringify(limits), isolation ?? 'realm', options]
}
