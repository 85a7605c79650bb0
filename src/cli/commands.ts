import { cancelCommand } from './cancel.ts'
import type { Command } from './command.ts'
import { doctorCommand } from './doctor.ts'
import { execCommand } from './exec.ts'
import { initCommand } from './init.ts'
import { logsCommand } from './logs.ts'
import { migrateCommand } from './migrate.ts'
import { runCommand } from './run.ts'
import { startCommand } from './start.ts'
import { tenantCommand } from './tenant.ts'
import { userCommand } from './user.ts'

/** In the order in which help lists them. */
export const commands: readonly Command[] = [
  startCommand,
  initCommand,
  execCommand,
  runCommand,
  logsCommand,
  cancelCommand,
  tenantCommand,
  userCommand,
  migrateCommand,
  doctorCommand,
]
