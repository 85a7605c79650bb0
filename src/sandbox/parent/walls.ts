import type { Wall } from '../types.ts'
import type { Cgroups } from './cgroup.ts'
import { type LaunchMode, nobody } from './launch.ts'
import type { FigureSource } from './process-figures.ts'

/** What stands around the hosts of this process, for `doctor` and the log. */
export interface Standing {
  mode: LaunchMode
  figures: FigureSource
  /** The groups, or why there are none. */
  cgroups: Cgroups | string
  threadPriorities: boolean
}

const watches: Record<FigureSource, string> = {
  proc: 'resident memory is read every 25 ms',
  ps: 'resident memory is asked of ps every 250 ms, for there is no /proc here',
  own: 'only what hosts say of themselves: there is neither /proc nor ps here',
}

export function wallsOf({ mode, figures, cgroups, threadPriorities }: Standing): Wall[] {
  const linux = process.platform === 'linux'
  const wall = (name: string, stands: boolean, note: string): Wall => ({ name, stands, note })
  return [
    wall('process', true, 'scripts run in child processes of their own'),
    wall('environment', true, 'hosts have no environment but language and time zone, and no credentials'),
    wall(
      'user',
      mode.dropUser,
      mode.dropUser ? `hosts run as user ${nobody}` : 'hosts run as the user of the node',
    ),
    wall(
      'network_namespace',
      mode.network,
      mode.network
        ? 'hosts have a network namespace without a way out'
        : 'not permitted here; hosts have no use for a network, and no code that opens one',
    ),
    wall(
      'permission_model',
      mode.permissions,
      "Node.js's permission model; hygiene, for it must allow addons",
    ),
    wall('memory_watch', figures !== 'own', watches[figures]),
    wall(
      'cgroup',
      typeof cgroups !== 'string',
      typeof cgroups === 'string'
        ? `no group with a memory cap (${cgroups}); the memory watch stands alone`
        : `the kernel caps the memory of each host, below ${cgroups.folder}`,
    ),
    wall('oom_score', linux, linux ? 'hosts are the first to go when memory runs out' : 'Linux only'),
    wall('priority', true, 'hosts run at a lower priority than the node'),
    wall(
      'thread_priority',
      threadPriorities,
      threadPriorities
        ? 'scripts that compute without pause step behind the others'
        : 'needs Linux and CAP_SYS_NICE; scripts that compute without pause share alike with the others',
    ),
  ]
}
