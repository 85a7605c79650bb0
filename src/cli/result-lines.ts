interface Result {
  status: string
  output: unknown
  error: unknown
  logs: unknown[]
  metrics: unknown
}

/** An execution's result as a person reads it: logs, then output or error, then the figures. */
export function resultLines({ status, output, error, logs, metrics }: Result): string[] {
  const figures = metrics as { durationMs?: number; cpuMs?: number; hostCalls?: number }
  return [
    ...logs.map(logLine),
    ...(error ? errorLines(error as ErrorShape) : [JSON.stringify(output, null, 2) ?? 'null']),
    '',
    `${status} in ${round(figures.durationMs)} ms (${round(figures.cpuMs)} ms of processor, ${figures.hostCalls ?? 0} API calls)`,
  ]
}

interface ErrorShape {
  code: string
  type: string
  message: string
  stack: string
  line?: number
  column?: number
  sourceLine?: string
  file?: string
  caret?: string
  cause?: ErrorShape
  errors?: ErrorShape[]
}

function errorLines(error: ErrorShape): string[] {
  const { type, message, code, sourceLine, caret, line, file, stack, cause, errors = [] } = error
  const prefix = line === undefined ? '' : `${file === undefined ? '' : `${file}:`}${line} | `
  const head = message === '' ? type : `${type}: ${message}`
  return [
    `${head}  [${code}]`,
    ...(sourceLine
      ? [`  ${prefix}${sourceLine}`, ...(caret ? [`  ${' '.repeat(prefix.length)}${caret}`] : [])]
      : []),
    // After the message, which may have lines that look like frames.
    ...(stack.startsWith(head) ? stack.slice(head.length) : stack)
      .split('\n')
      .filter((frame) => /^\s*at /.test(frame)),
    ...within('Caused by ', cause ? [cause] : []),
    ...within('Among its errors: ', errors),
  ]
}

function within(introduction: string, errors: readonly ErrorShape[]): string[] {
  return errors.flatMap((error) => {
    const [first, ...rest] = errorLines(error)
    return [`${introduction}${first}`, ...rest].map((line) => `  ${line}`)
  })
}

function logLine(line: unknown): string {
  const { level, at, message, fields } = line as {
    level: string
    at: number
    message: string
    fields?: unknown
  }
  return `[${round(at)} ms] ${level}: ${message}${fields ? ` ${JSON.stringify(fields)}` : ''}`
}

function round(value: number | undefined): string {
  return value === undefined ? '?' : String(Number(value.toPrecision(3)))
}
