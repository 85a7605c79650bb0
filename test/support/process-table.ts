import { execFileSync } from 'node:child_process'

export interface ProcessRow {
  pid: number
  parent: number
  group: number
  command: string
}

/** Every process that lives; a zombie does not. */
export function processTable(): ProcessRow[] {
  const text = execFileSync('ps', ['-axww', '-o', 'pid=,ppid=,pgid=,stat=,command='], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  })
  return text.split('\n').flatMap((line) => {
    const [, pid, parent, group, state, command] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    if (state === undefined || command === undefined || state.startsWith('Z')) return []
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), command }]
  })
}
