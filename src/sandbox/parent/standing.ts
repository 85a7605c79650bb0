import type { SandboxOptions } from '../types.ts'
import { openCgroups, ownCgroup } from './cgroup.ts'
import { launchModes } from './launch.ts'
import { findFigureSource } from './process-figures.ts'
import { canRaisePriority } from './thread-priority.ts'
import type { Standing } from './walls.ts'

/** What of the walls can be found out without starting a host. */
export async function findStanding({
  figures,
  cgroup = ownCgroup(),
  hostMemoryMb,
}: SandboxOptions): Promise<Omit<Standing, 'mode'>> {
  return {
    figures: figures ?? (await findFigureSource()),
    cgroups: cgroup === undefined ? 'no cgroup v2 here' : openCgroups(cgroup, hostMemoryMb),
    threadPriorities: canRaisePriority(),
  }
}

/** Tries the modes from the strictest on until a host starts in one. */
export async function firstHost(
  found: Omit<Standing, 'mode'>,
  start: (standing: Standing) => Promise<boolean>,
): Promise<Standing | undefined> {
  for (const mode of launchModes()) {
    const standing = { ...found, mode }
    if (await start(standing)) return standing
  }
  return undefined
}
