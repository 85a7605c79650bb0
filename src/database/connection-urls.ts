import { createHmac } from 'node:crypto'
import type { ClientConfig } from 'pg'
import { parseIntoClientConfig } from 'pg-connection-string'

import type { Config } from '../config.ts'
import { roleNames } from './role-names.ts'

/** How each part of a process reaches the database. */
export interface Connections {
  /** The owner's; absent where only a node's login was given, and then nothing can be migrated. */
  migrate: ClientConfig | undefined
  node: ClientConfig
  script: ClientConfig
  listen: ClientConfig
  /** Passwords that `migrate` sets for the logins derived from the owner's URL. */
  derived: { node: string; script: string } | undefined
}

export type ConnectionSettings = Pick<
  Config,
  'databaseUrl' | 'migrateUrl' | 'scriptUrl' | 'listenUrl' | 'rolePrefix'
>

/**
 * The connections that follow from the settings. With the node login's URL, only that; with one URL
 * of an owner, the logins of node and scripts are derived: same server and database, and a password
 * that every process with the same URL (or, where it has none, the same secret) derives alike.
 */
export function resolveConnections(
  settings: ConnectionSettings,
  databaseUrl: string,
  secret: string,
): Connections {
  const names = roleNames(settings.rolePrefix)
  const given = parseIntoClientConfig(databaseUrl)
  const isNodeLogin = given.user === names.node
  const migrate = settings.migrateUrl
    ? parseIntoClientConfig(settings.migrateUrl)
    : isNodeLogin
      ? undefined
      : given

  const key = typeof given.password === 'string' && given.password !== '' ? given.password : secret
  const passwordOf = (role: string) =>
    createHmac('sha256', key).update(`pgscript login ${role}`).digest('base64url')
  const derived = { node: passwordOf(names.node), script: passwordOf(names.script) }

  const node = isNodeLogin ? given : { ...given, user: names.node, password: derived.node }
  const script = settings.scriptUrl
    ? parseIntoClientConfig(settings.scriptUrl)
    : { ...given, user: names.script, password: derived.script }
  return {
    migrate,
    node,
    script,
    listen: settings.listenUrl ? parseIntoClientConfig(settings.listenUrl) : node,
    derived: isNodeLogin ? undefined : derived,
  }
}
