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
  poolHits: Counter<'result'>
  poolWait: Histogram
  start: Histogram<'isolate'>
  codeCache: Counter<'result'>
  databasePool: Gauge<'state'>
  apiCalls: Counter<'kind'>
  ssrfBlocked: Counter<'reason'>
  httpRequests: Counter<'method' | 'status'>
}

const seconds = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900]

export function createMetrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Counter({ name, help, labelNames, registers })
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers })
  const histogram = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Histogram({ name, help, labelNames, buckets: seconds, registers })

  return {
    registry,
    executions: counter('pgscript_executions_total', 'Attempts that ended, by outcome and trigger.', [
      'status',
      'trigger',
    ]),
    executionDuration: histogram(
      'pgscript_execution_duration_seconds',
      'Time from the first line of a script to its result.',
      ['status'],
    ),
    queueWait: histogram(
      'pgscript_queue_wait_seconds',
      'Time from when an execution was due until a node had a slot for it.',
      ['trigger'],
    ),
    leaseTakeovers: counter(
      'pgscript_lease_takeovers_total',
      'Executions this node took away from a lost node.',
    ),
    leasesLost: counter(
      'pgscript_leases_lost_total',
      'Runs this node stopped or discarded because their lease was no longer its own.',
    ),
    isolates: gauge('pgscript_pool_isolates', 'Isolates of the sandbox hosts, by state.', ['state']),
    sandboxHostExits: counter(
      'pgscript_sandbox_host_exits_total',
      'Sandbox hosts that ended; the log says why.',
    ),
    poolHits: counter(
      'pgscript_pool_hits_total',
      'Runs by the isolate they got: warm, made ahead (spare), or made for them (cold).',
      ['result'],
    ),
    poolWait: histogram('pgscript_pool_wait_seconds', 'Time a run waited for a sandbox host.'),
    start: histogram(
      'pgscript_start_seconds',
      'Time from when a sandbox host was given a run until its first line, by isolate.',
      ['isolate'],
    ),
    codeCache: counter(
      'pgscript_code_cache_total',
      'Compiled code of large scripts, asked of the database (hit, miss), kept there (stored), refused by V8 (stale).',
      ['result'],
    ),
    databasePool: gauge(
      'pgscript_database_pool_connections',
      'Connections of the database pool, and callers that wait for one.',
      ['state'],
    ),
    apiCalls: counter('pgscript_api_calls_total', 'Calls of the script API, by kind.', ['kind']),
    ssrfBlocked: counter(
      'pgscript_ssrf_blocked_total',
      'Outbound calls of scripts that were refused for their host, by what was wrong with it.',
      ['reason'],
    ),
    httpRequests: counter('pgscript_http_requests_total', 'HTTP requests answered, by method and status.', [
      'method',
      'status',
    ]),
  }
}
