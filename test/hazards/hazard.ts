import { readdirSync, readFileSync } from 'node:fs'
import type { SandboxIsolation, SandboxLimits } from '../../src/sandbox/sandbox.ts'
import { checkScript, type ScriptCheck } from '../../src/scripts/check.ts'
import { isolations, limits as usualLimits } from '../sandbox/jobs.ts'

/** When the node answers a call of the script API: at once, never, or when the run is long over. */
export type Answers = 'at once' | 'never' | 'after the end'

export interface Hazard {
  kind: string
  name: string
  source: string
  /** What it tries, in words. */
  tries: string
  /** `completed`, or the code of the error that it ends with. */
  expect: string
  /** JSON text; of every hazard that completes. */
  output?: string
  /** Found in the error's message; of every hazard that ends with an error of its own. */
  message?: string
  /** The finding for which the check refuses it; without one the check must accept it. */
  check?: string
  limits: SandboxLimits
  isolations: readonly SandboxIsolation[]
  /** How many lines are kept; or `cut`, when there were too many. */
  logs?: number | 'cut'
  /** How many calls reach the node. */
  calls?: number
  answers: Answers
  input: unknown
  /** What the node and all of its hosts may hold together. */
  residentMb: number
}

/** Ends that say which limit it was: their message is ours, and of no use to tell hazards apart. */
export const limitCodes = ['timeout', 'cpu_limit', 'memory_limit', 'output_limit'] as const
/** Ends with a message that must be the one the hazard names, or a slip in it could pass for its end. */
export const ownCodes = [
  'script_error',
  'output_not_serializable',
  'invalid_script',
  'no_default_export',
  'module_not_found',
  'timer_limit',
  'api_call_limit',
  'permanent_error',
  'retry_after',
] as const

const fields = [
  'hazard',
  'expect',
  'output',
  'message',
  'check',
  'limits',
  'isolation',
  'logs',
  'calls',
  'answers',
  'input',
  'resident',
]
/** Unless a hazard says another: what a script may have of memory, and what the node and its hosts have without one. */
const usualResidentMb = 1000
const folder = new URL('./', import.meta.url)

/** The header's lines, `// field: value`; a line that is indented further goes on with the one before. */
function readHeader(source: string): Map<string, string> {
  const header = new Map<string, string>()
  let last = ''
  for (const line of source.split('\n')) {
    const text = /^\/\/(.*)$/.exec(line)?.[1]
    if (text === undefined) break
    const [, name = '', value = ''] = /^ (\w+): *(.*)$/.exec(text) ?? []
    if (name === '' && text.startsWith('   ') && last !== '') {
      header.set(last, `${header.get(last)} ${text.trim()}`)
    } else if (!fields.includes(name) || header.has(name)) throw new Error(`a header of: ${line}`)
    else {
      header.set(name, value)
      last = name
    }
  }
  return header
}

function needed(header: Map<string, string>, name: string): string {
  const value = header.get(name) ?? ''
  if (value === '') throw new Error(`a header without "${name}"`)
  return value
}

function readIsolations(given = 'all'): readonly SandboxIsolation[] {
  if (given === 'all') return isolations
  const names = given.split(', ')
  const known = isolations.filter((isolation) => names.includes(isolation))
  if (known.length !== names.length) throw new Error(`isolation: ${given}`)
  return known
}

function readLimits(given = '{}'): SandboxLimits {
  const limits = { ...usualLimits, ...(JSON.parse(given) as Partial<SandboxLimits>) }
  const unknown = Object.keys(limits).filter((name) => !(name in usualLimits))
  if (unknown.length > 0) throw new Error(`limits: ${unknown}`)
  return limits
}

function readAnswers(given = 'at once'): Answers {
  if (given === 'at once' || given === 'never' || given === 'after the end') return given
  throw new Error(`answers: ${given}`)
}

/** What must be said besides, so that no hazard can end as it must by accident. */
function readEnd(header: Map<string, string>): Pick<Hazard, 'expect' | 'output' | 'message'> {
  const expect = needed(header, 'expect')
  if (expect === 'completed') {
    const output = needed(header, 'output')
    return { expect, output: JSON.stringify(JSON.parse(output)) }
  }
  if (limitCodes.some((code) => code === expect)) return { expect }
  if (ownCodes.some((code) => code === expect)) return { expect, message: needed(header, 'message') }
  throw new Error(`expect: ${expect}`)
}

function count(header: Map<string, string>, name: string): number {
  const value = Number(header.get(name))
  if (!Number.isInteger(value) || value < 0) throw new Error(`${name}: ${header.get(name)}`)
  return value
}

/** @throws what is wrong with the header. */
export function readHazard(kind: string, name: string, source: string): Hazard {
  const header = readHeader(source)
  const check = header.get('check')
  return {
    kind,
    name,
    source,
    tries: needed(header, 'hazard'),
    ...readEnd(header),
    ...(check !== undefined && { check: needed(header, 'check') }),
    limits: readLimits(header.get('limits')),
    isolations: readIsolations(header.get('isolation')),
    residentMb: header.has('resident') ? count(header, 'resident') : usualResidentMb,
    ...(header.has('logs') && { logs: header.get('logs') === 'cut' ? 'cut' : count(header, 'logs') }),
    ...(header.has('calls') && { calls: count(header, 'calls') }),
    answers: readAnswers(header.get('answers')),
    input: JSON.parse(header.get('input') ?? 'null'),
  }
}

/** The folders, which are the kinds. */
export function hazardKinds(): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
}

export function hazardsOf(kind: string): Hazard[] {
  const files = readdirSync(new URL(`${kind}/`, folder)).sort()
  return files.map((file) => {
    try {
      return readHazard(
        kind,
        file.replace(/\.js$/, ''),
        readFileSync(new URL(`${kind}/${file}`, folder), 'utf8'),
      )
    } catch (error) {
      throw new Error(`test/hazards/${kind}/${file}: ${error instanceof Error ? error.message : error}`)
    }
  })
}

export function checkOf({ source }: Hazard): ScriptCheck {
  return checkScript({ name: 'hazard', source, type: 'one_off' })
}
