import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/**
 * The process's metrics. Labels are from closed sets only (status, trigger, state), never a
 * tenant or a script, so that cardinality stays bounded.
 */
export interface Metrics {
  registry: Registry
  executions: Counter<'status' | 'trigger'>
  executionDuration: Histogram<'status'>
  queueWait: Histogram<'trigger'>
  leaseTakeovers: Counter
  leasesLost: Counter
  isolates: Gauge<'state'>
  sandboxHostExits: Counter
  databasePool: Gauge<'state'>
  httpRequests: Counter<'method' | 'status'>
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const seconds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900]
  return {
    registry,
    executions: new Counter({
      name: 'pgscript_executions_total',
      help: 'Attempts that ended, by outcome and trigger.',
      labelNames: ['status', 'trigger'],
      registers,
    }),
    executionDuration: new Histogram({
      name: 'pgscript_execution_duration_seconds',
      help: 'Time from the first line of a script to its result.',
      labelNames: ['status'],
      buckets: seconds,
      registers,
    }),
    queueWait: new Histogram({
      name: 'pgscript_queue_wait_seconds',
      help: 'Time from when an execution was due until a node claimed it.',
      labelNames: ['trigger'],
      buckets: seconds,
      registers,
    }),
    leaseTakeovers: new Counter({
      name: 'pgscript_lease_takeovers_total',
      help: 'Executions this node took away from a lost node.',
      registers,
    }),
    leasesLost: new Counter({
      name: 'pgscript_leases_lost_total',
      help: 'Runs this node stopped or discarded because their lease was no longer its own.',
      registers,
    }),
    isolates: new Gauge({
      name: 'pgscript_pool_isolates',
      help: 'Isolates of the sandbox hosts, by state.',
      labelNames: ['state'],
      registers,
    }),
    sandboxHostExits: new Counter({
      name: 'pgscript_sandbox_host_exits_total',
      help: 'Sandbox hosts that ended; the log says why.',
      registers,
    }),
    databasePool: new Gauge({
      name: 'pgscript_database_pool_connections',
      help: 'Connections of the database pool, and callers that wait for one.',
      labelNames: ['state'],
      registers,
    }),
    httpRequests: new Counter({
      name: 'pgscript_http_requests_total',
      help: 'HTTP requests answered, by method and status.',
      labelNames: ['method', 'status'],
      registers,
    }),
  }
}
