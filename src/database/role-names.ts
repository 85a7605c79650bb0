const suffixes = ['owner', 'engine', 'node', 'script', 'user', 'operator', 'integrator'] as const

export type RoleNames = Readonly<Record<(typeof suffixes)[number], string>>

/** The database roles' names: they belong to the whole cluster, so an installation may prefix its own. */
export function roleNames(rolePrefix: string): RoleNames {
  const entries = suffixes.map((suffix) => [suffix, `${rolePrefix}_${suffix}`])
  return Object.fromEntries(entries) as RoleNames
}
