import type { SandboxIsolation } from './types.ts'

/**
 * What the node and a host say to each other; the first part of a frame is its verb.
 *
 * To the host:
 *   run    id, tenant, key, fileName, code ('' when the host has it), input, context, limits (JSON),
 *          isolation, seed (32 hexadecimal digits), startedAt (of the run's clock; '' for the machine's),
 *          options ('shared', 'code', both or neither), compiled (base64, or '')
 *   code   id, key, fileName, code, compiled  the answer to `need`
 *   warm   tenant, key, fileName, code, limits (JSON), isolation, options     make one ready
 *   trim                                      give memory back
 *   compile id, key, fileName, code           to a host that is asked nothing else
 *   reply  id, call, 'ok' | 'error', JSON text
 *   stop   id
 *   ping
 * From the host:
 *   ready
 *   need    id                                the code of this run's key is not here (any more): send it
 *   started id, 'warm' | 'spare' | 'cold', startedAt (of the run's clock), milliseconds ago
 *   log     id, level, at, message, fields (JSON or '')
 *   cut     id                                the script has used up its log limits
 *   call    id, call, name, args (JSON)
 *   done    id, verdict, payload, metrics (JSON), 'clean' | 'wedged'
 *   figures JSON [[id, bytes, cpuMs, ms since measured], …], JSON {running, warm, spare, made, resident, cpuMs}
 *   gone    tenant                            an isolate that was warm, or in use, is not kept
 *   warmed  tenant                            the answer to `warm`
 *   stale   key                               V8 refused the compiled form that came with the code
 *   compiled id, compiled (base64, or '')     the answer to `compile`
 *   pong
 * A wedged host holds a thread that no longer obeys: it may finish its other runs, and gets no more.
 */
export type Verdict =
  | 'completed'
  | 'error'
  | 'timeout'
  | 'cpu_limit'
  | 'memory_limit'
  | 'output_limit'
  | 'cancelled'
  // Whoever else was alive in an isolate that had to be ended.
  | 'crowded'

const verdicts: readonly string[] = [
  'completed',
  'error',
  'timeout',
  'cpu_limit',
  'memory_limit',
  'output_limit',
  'cancelled',
  'crowded',
]

export function isVerdict(value: string): value is Verdict {
  return verdicts.includes(value)
}

const isolations: readonly string[] = ['realm', 'context', 'isolate']

export function isIsolation(value: string): value is SandboxIsolation {
  return isolations.includes(value)
}

export interface HostMetrics {
  durationMs: number
  cpuMs: number
  peakHeapBytes: number
}

/** Whether arrays and objects lie no deeper in each other than `maxDepth`; looks, without parsing. */
export function isShallow(text: string, maxDepth: number): boolean {
  // As many brackets must close as open.
  if (text.length <= 2 * maxDepth) return true
  let depth = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (code === 34) inString = !inString
    else if (code === 92 && inString) index += 1
    else if (inString) continue
    else if (code === 91 || code === 123) depth += 1
    else if (code === 93 || code === 125) depth -= 1
    if (depth > maxDepth) return false
  }
  return true
}

/**
 * Parses JSON text that an untrusted host sent, if it is short and shallow; otherwise undefined. Depth is
 * checked before parsing: a consumer that walks the value by recursion must not be brought down by it.
 */
export function parseBounded(text: string, { maxLength = 65_536, maxDepth = 32 } = {}): unknown {
  if (text.length > maxLength || !isShallow(text, maxDepth)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A finite number that is not negative; hosts may send anything. */
export function amount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0
}
