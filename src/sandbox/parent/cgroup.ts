import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Caps the memory of hosts by the kernel, each in a group of its own. */
export interface Cgroups {
  /** Where the groups are made. */
  folder: string
  add(pid: number): void
  remove(pid: number): void
}

const groupOf = (folder: string, pid: number) => join(folder, `pgscript-host-${pid}`)

/** The unified hierarchy's folder of this process; undefined where there is none. */
export function ownCgroup(root = '/sys/fs/cgroup', self = '/proc/self/cgroup'): string | undefined {
  try {
    const path = /^0::(.*)$/m.exec(readFileSync(self, 'utf8'))?.[1]
    const folder = path === undefined ? undefined : join(root, path)
    return folder !== undefined && existsSync(join(folder, 'cgroup.controllers')) ? folder : undefined
  } catch {
    return undefined
  }
}

/**
 * Opens a cgroup v2 folder for hosts, if it lets us make groups that have the memory controller.
 *
 * @param memoryMb what the node's own watch allows; the kernel's cap lies above it, for the watch can say
 * whose memory it was
 */
export function openCgroups(folder: string, memoryMb: number): Cgroups | string {
  try {
    const controllers = readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8').split(/\s+/)
    // Refused where processes are in the folder itself: a group has either processes or groups below it.
    if (!controllers.includes('memory')) writeFileSync(join(folder, 'cgroup.subtree_control'), '+memory')
    const trial = groupOf(folder, process.pid)
    mkdirSync(trial)
    rmdirSync(trial)
  } catch (error) {
    return error instanceof Error ? error.message.replace(/,? '.*$/, '') : 'it is not writable'
  }

  return {
    folder,
    add(pid) {
      const group = groupOf(folder, pid)
      mkdirSync(group, { recursive: true })
      writeFileSync(join(group, 'memory.max'), String(Math.round(memoryMb * 1.25) * 1024 * 1024))
      attempt(() => writeFileSync(join(group, 'memory.swap.max'), '0'))
      attempt(() => writeFileSync(join(group, 'memory.oom.group'), '1'))
      writeFileSync(join(group, 'cgroup.procs'), String(pid))
    },
    remove: (pid) => attempt(() => rmdirSync(groupOf(folder, pid))),
  }
}

/** @returns why the host must not go on, if it could not be put into its group */
export function capMemory(cgroups: Cgroups | string, pid: number): string | undefined {
  if (typeof cgroups === 'string') return undefined
  try {
    cgroups.add(pid)
    return undefined
  } catch (error) {
    return `it could not be put into its cgroup: ${error instanceof Error ? error.message : error}`
  }
}

export function uncapMemory(cgroups: Cgroups | string, pid: number): void {
  if (typeof cgroups !== 'string') cgroups.remove(pid)
}

function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // Not every kernel has it, and a group cannot go before its last process has.
  }
}
