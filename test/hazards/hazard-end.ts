import type { SandboxResult } from '../../src/sandbox/sandbox.ts'
import type { Hazard } from './hazard.ts'

export interface HeardCall {
  name: string
  args: string
}

const markOfCut = /^The log was cut here/

/** The end that the header asks for, and no other. */
function faultsOfEnd(hazard: Hazard, { status, output, error }: SandboxResult): string[] {
  const { expect } = hazard
  const ended = status === 'completed' ? 'completed' : (error?.code ?? `${status} without an error`)
  const faults: string[] = []
  if (ended !== expect) faults.push(`it ended with ${ended}: ${error?.message}\n${error?.stack}`)
  const statuses: Record<string, string> = { completed: 'completed', timeout: 'timeout' }
  if (status !== (statuses[expect] ?? 'failed')) faults.push(`its status is ${status}`)
  if (expect === 'completed' ? output !== hazard.output : output !== null)
    faults.push(`its output is ${output?.slice(0, 2000)}`)
  if (hazard.message !== undefined && !error?.message.includes(hazard.message))
    faults.push(`its message is ${error?.message}`)
  return faults
}

/** What holds for every execution, whatever it does. */
function faultsOfBounds({ limits }: Hazard, result: SandboxResult, calls: HeardCall[]): string[] {
  const { output, error, logs } = result
  const faults: string[] = []
  if (Buffer.byteLength(output ?? '') > limits.outputBytes) faults.push('its output is over the limit')
  const lines = logs.filter((line) => !markOfCut.test(line.message))
  const bytes = lines.reduce(
    (sum, { message, fields }) =>
      sum + Buffer.byteLength(message) + Buffer.byteLength(fields ? JSON.stringify(fields) : ''),
    0,
  )
  // A line that is cut within a character has its replacement, two bytes longer, at the end.
  if (lines.length > limits.logLines || bytes > limits.logBytes + 2)
    faults.push('its logs are over the limit')
  const told = JSON.stringify(error)
  if (told.length > 60_000) faults.push(`its error has ${told.length} characters`)
  // The frames and paths of ours; a path in a script's own text would have to be written there first.
  if (/pgscript:guest|isolated-vm|node_modules|node:|file:\/\/|\.ts:\d/.test(told))
    faults.push(`it saw ${told}`)
  if (calls.length > limits.hostCalls) faults.push(`${calls.length} calls came through`)
  for (const { name, args } of calls) {
    if (!/^[a-z]+\.[A-Za-z]+$/.test(name) || !Array.isArray(JSON.parse(args)))
      faults.push(`a call of ${name}`)
  }
  return faults
}

/** How the run of a hazard differs from what its header says; empty when it does not. */
export function faultsOf(hazard: Hazard, result: SandboxResult, calls: HeardCall[]): string[] {
  const faults = [...faultsOfEnd(hazard, result), ...faultsOfBounds(hazard, result, calls)]
  const { logs, logsTruncated } = result
  if (hazard.logs === 'cut' && !logsTruncated) faults.push('its logs are not cut')
  if (typeof hazard.logs === 'number' && (logsTruncated || logs.length !== hazard.logs))
    faults.push(`it has ${logs.length} lines of logs`)
  if (hazard.calls !== undefined && calls.length !== hazard.calls)
    faults.push(`${calls.length} calls came through`)
  return faults
}
