/** What initdb and the server see of our environment: none of our settings, and so none of our secrets. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const { PATH, LD_LIBRARY_PATH } = process.env
  return { PATH, ...(LD_LIBRARY_PATH === undefined ? {} : { LD_LIBRARY_PATH }), LC_ALL: 'C', TZ: 'UTC' }
}

/** The embedded server's settings; the command line outranks what `alter system` has stored. */
export function serverSettings(options: {
  fsync: boolean
  extra: Record<string, string>
}): Record<string, string> {
  return { ...defaults, ...(options.fsync ? {} : volatileStorage), ...options.extra }
}

const defaults: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '128MB',
  // One upkeep transaction touches many partitions.
  max_locks_per_transaction: '256',
  // The hot tables live from early vacuuming; one look a minute is too rare.
  autovacuum_naptime: '10s',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // A statement's error goes to who sent it; in the log it would be noise without bound.
  log_min_messages: 'log',
  log_checkpoints: 'off',
}

const volatileStorage: Record<string, string> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
}
