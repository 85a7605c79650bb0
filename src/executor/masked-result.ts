import type { SandboxError, SandboxLogLine, SandboxResult } from '../sandbox/sandbox.ts'
import type { ValueMask } from './mask-values.ts'

/** A result as it may be stored and shown: its output, error and log without the values of the mask. */
export function maskedResult(mask: ValueMask, result: SandboxResult): SandboxResult {
  if (!mask.active) return result
  return {
    ...result,
    output: result.output === null ? null : mask.json(result.output),
    error: result.error && maskedError(mask, result.error),
    logs: maskedLines(mask, result.logs),
  }
}

export function maskedLines(mask: ValueMask, lines: readonly SandboxLogLine[]): SandboxLogLine[] {
  if (!mask.active) return [...lines]
  return lines.map((line) => ({
    ...line,
    message: mask.text(line.message),
    ...(line.fields && { fields: JSON.parse(mask.json(JSON.stringify(line.fields))) }),
  }))
}

function maskedError(mask: ValueMask, error: SandboxError): SandboxError {
  const { type, message, stack, sourceLine, cause, errors } = error
  return {
    ...error,
    type: mask.text(type),
    message: mask.text(message),
    stack: mask.text(stack),
    ...(sourceLine !== undefined && { sourceLine: mask.text(sourceLine) }),
    ...(cause && { cause: maskedError(mask, cause) }),
    ...(errors && { errors: errors.map((inner) => maskedError(mask, inner)) }),
  }
}
