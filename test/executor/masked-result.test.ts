import { expect, test } from 'vitest'

import { createValueMask } from '../../src/executor/mask-values.ts'
import { maskedResult } from '../../src/executor/masked-result.ts'
import type { SandboxError, SandboxResult } from '../../src/sandbox/sandbox.ts'

const secret = 'a-very-secret-value'

function errorOf(message: string, more: Partial<SandboxError> = {}): SandboxError {
  return {
    code: 'script_error',
    type: 'Error',
    message,
    stack: `Error: ${message}`,
    retryable: true,
    ...more,
  }
}

test('an error is masked with its causes and its inner errors', () => {
  const mask = createValueMask()
  mask.add(secret)
  const inner = errorOf(secret, { cause: errorOf(secret) })
  const error = errorOf('outer', { cause: errorOf('middle', { errors: [errorOf('fine'), inner] }) })
  const result: SandboxResult = {
    status: 'failed',
    output: null,
    error,
    logs: [],
    logsTruncated: false,
    metrics: { startMs: 0, durationMs: 0, cpuMs: 0, peakHeapBytes: 0, hostCalls: 0 },
  }
  const masked = maskedResult(mask, result)
  expect(JSON.stringify(masked)).not.toContain(secret)
  expect(masked.error?.cause?.errors?.[0]?.message).toBe('fine')
  expect(masked.error?.cause?.errors?.[1]?.cause?.stack).toMatch(/^Error: /)
})
