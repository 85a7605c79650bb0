import type { Command } from './command.ts'

/**
 * In the order in which help lists them. Each is loaded when it is asked for: all together they take
 * three times as long as most of them alone.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./start.ts')).startCommand,
  init: async () => (await import('./init.ts')).initCommand,
  save: async () => (await import('./save.ts')).saveCommand,
  exec: async () => (await import('./exec.ts')).execCommand,
  run: async () => (await import('./run.ts')).runCommand,
  logs: async () => (await import('./logs.ts')).logsCommand,
  cron: async () => (await import('./cron.ts')).cronCommand,
  cancel: async () => (await import('./cancel.ts')).cancelCommand,
  tenant: async () => (await import('./tenant.ts')).tenantCommand,
  user: async () => (await import('./user.ts')).userCommand,
  secrets: async () => (await import('./secrets.ts')).secretsCommand,
  variables: async () => (await import('./variables.ts')).variablesCommand,
  migrate: async () => (await import('./migrate.ts')).migrateCommand,
  doctor: async () => (await import('./doctor.ts')).doctorCommand,
}

export async function loadCommands(): Promise<Command[]> {
  return await Promise.all(Object.values(commands).map((load) => load()))
}
