import { InvalidInputError } from '../errors.ts'

export type Severity = 'error' | 'high' | 'warning' | 'info'

/** Something a reader of the script should know. An `error` rejects the version; the rest is for people. */
export interface Finding {
  severity: Severity
  /** Stable and snake_case; the message is free to change. */
  code: string
  message: string
  /** Counted from 1, as in a stack trace and in the editor. */
  line?: number
  column?: number
  /** The line itself, cut around the column where it is long. */
  sourceLine?: string
  /** Where the column lies in `sourceLine`, from 1: the two differ when the line was cut. */
  caret?: number
}

/** The source cannot become code that runs; `findings` say where and why. */
export class ScriptRefusedError extends InvalidInputError {
  readonly findings: readonly Finding[]

  constructor(findings: readonly Finding[]) {
    super(findings[0]?.message ?? 'The script was refused.', { code: 'script_refused', field: 'source' })
    this.findings = findings
  }
}

/** Of one kind in one script; more help nobody, and a megabyte of source has room for 100,000. */
export const mostFindings = 20

const widestSourceLine = 160
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach jsonb or a terminal
const unprintable = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g
const lineEnd = /[\n\u2028\u2029]/g

/** The line (from 1) and the offsets of its ends; ECMAScript's own line terminators, as V8 counts them. */
function lineAround(source: string, offset: number) {
  let line = 1
  let start = 0
  lineEnd.lastIndex = 0
  for (let match = lineEnd.exec(source); match; match = lineEnd.exec(source)) {
    if (match.index >= offset) return { line, start, end: match.index }
    line += 1
    start = match.index + 1
  }
  return { line, start, end: source.length }
}

/** Makes text safe to store as jsonb (no NUL, no half of a surrogate pair) and to show, of the same length. */
export function printable(text: string): string {
  return text.replace(unprintable, '\ufffd').toWellFormed()
}

/** A finding at an offset of the source, with its line, column and the line's text. */
export function findingAt(
  source: string,
  offset: number,
  finding: Pick<Finding, 'severity' | 'code' | 'message'>,
): Finding {
  const at = Math.max(0, Math.min(offset, source.length))
  const { line, start, end } = lineAround(source, at)
  const from = Math.max(start, Math.min(at - widestSourceLine / 2, end - widestSourceLine))
  return {
    ...finding,
    // It may repeat a name of the author's, with whatever that holds.
    message: printable(finding.message),
    line,
    column: at - start + 1,
    sourceLine: printable(source.slice(from, Math.min(end, from + widestSourceLine))),
    caret: at - from + 1,
  }
}

export function refusal(source: string, offset: number, code: string, message: string): ScriptRefusedError {
  return new ScriptRefusedError([findingAt(source, offset, { severity: 'error', code, message })])
}

/** Parsers and V8 recurse; a few hundred to a few thousand levels exhaust the stack. */
export const tooDeeplyNested = {
  severity: 'error',
  code: 'too_deeply_nested',
  message: 'The script is nested too deeply to be read. Put inner parts into functions or variables.',
} as const satisfies Finding
