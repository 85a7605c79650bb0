import { InvalidInputError } from '../errors.ts'
import type { SandboxLimits } from '../sandbox/sandbox.ts'

/** The limits of a run by the names they have in the database (pgscript_engine.limit_definitions). */
export type Limits = Record<string, number>

const sandboxNames = {
  wall_time_ms: 'wallMs',
  cpu_time_ms: 'cpuMs',
  memory_mb: 'memoryMb',
  output_bytes: 'outputBytes',
  log_lines: 'logLines',
  log_bytes: 'logBytes',
  api_calls: 'hostCalls',
} as const satisfies Record<string, keyof SandboxLimits>

/** As the database computed them; bigint arrives as text. */
export function effectiveLimits(row: Record<string, number | string>): Limits {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)]))
}

/** Runs of one version have the same limits, for as long as these are remembered. */
const known = new WeakMap<Limits, SandboxLimits>()

/** The part of a run's limits that the sandbox enforces, under its own names. */
export function sandboxLimits(limits: Limits): SandboxLimits {
  const before = known.get(limits)
  if (before) return before
  const entries = Object.entries(sandboxNames).map(([name, sandboxName]) => {
    const value = limits[name]
    if (value === undefined)
      throw new InvalidInputError(`limits: ${name} is missing.`, { field: `limits.${name}` })
    return [sandboxName, value]
  })
  const named = Object.fromEntries(entries) as SandboxLimits
  known.set(limits, named)
  return named
}

/**
 * The limit of what a run is handed, for runs that the database is not asked to begin; it checks the others.
 *
 * @throws {InvalidInputError} `input_too_large`
 */
export function checkInput(input: string, { input_bytes: limit = 0 }: Limits): void {
  const size = Buffer.byteLength(input)
  if (size <= limit) return
  throw new InvalidInputError(`input: is ${size} bytes as JSON; the limit is ${limit}.`, {
    code: 'input_too_large',
    field: 'input',
  })
}
