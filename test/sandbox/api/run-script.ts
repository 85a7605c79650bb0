import type { Sandbox, SandboxIsolation, SandboxResult } from '../../../src/sandbox/sandbox.ts'
import { type JobOptions, job } from '../jobs.ts'

export interface Calls {
  /** What was asked of the host: name and arguments. */
  made: [name: string, ...args: unknown[]][]
  result: SandboxResult
  /** What the script returned. */
  value: unknown
}

class HostError extends Error {
  readonly code: string
  readonly retryable: boolean
  constructor({ code, message, retryable }: { code: string; message: string; retryable: boolean }) {
    super(message)
    this.code = code
    this.retryable = retryable
  }
}

/** Runs the body of an async function, with answers to its calls by name: values, functions or errors. */
export async function runScript(
  sandbox: Sandbox,
  body: string,
  answers: Record<string, unknown> = {},
  options: JobOptions & { isolation?: SandboxIsolation } = {},
): Promise<Calls> {
  const made: Calls['made'] = []
  const source = `export default async (input, context) => {\n${body}\n}`
  const result = await sandbox.run(job(source, options), {
    onCall: async (name, args) => {
      const given = JSON.parse(args) as unknown[]
      made.push([name, ...given])
      const answer = answers[name]
      if (answer instanceof Error) throw answer
      const value =
        typeof answer === 'function' ? (answer as (...args: unknown[]) => unknown)(...given) : answer
      return JSON.stringify((await value) ?? null)
    },
  })
  return { made, result, value: result.output === null ? undefined : JSON.parse(result.output) }
}

export const hostError = (code: string, message: string, retryable = false) =>
  new HostError({ code, message, retryable })
