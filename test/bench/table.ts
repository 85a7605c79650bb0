import { type Measurement, median, type Series } from './measure.ts'

/** The result for people: medians, the spread of the rounds in brackets, and the ratio to the peer. */
export function table(
  machine: Record<string, string | number>,
  measurements: readonly Measurement[],
  { rounds, seconds }: { rounds: number; seconds: number },
): string {
  const { cores, memoryGb, platform, node, postgresql } = machine
  const head = ['', 'ours (spread)', 'peer (spread)', 'ratio', 'p50/p99 ms ours', 'p50/p99 ms peer']
  const lines = [head, ...measurements.map(cellsOf)]
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)))
  const body = lines.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return [
    '',
    `${cores} cores shared by client, node and database, ${memoryGb} GB, ${platform}, Node.js ${node}, PostgreSQL ${postgresql}`,
    `${rounds} rounds of ${seconds} s; medians`,
    '',
    ...body.map((line) => line.trimEnd()),
    '',
  ].join('\n')
}

function cellsOf({ what, unit, ours, peer }: Measurement): string[] {
  const ratio = peer ? (median(ours.rounds) / median(peer.rounds)).toFixed(2) : ''
  return [
    what,
    figure(ours, unit),
    peer ? `${peer.name} ${figure(peer, unit)}` : '',
    ratio,
    latency(ours),
    peer ? latency(peer) : '',
  ]
}

function figure({ rounds }: Series, unit: string): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en')
  return `${whole(median(rounds))}${unit} (${whole(Math.min(...rounds))}–${whole(Math.max(...rounds))})`
}

function latency({ latency }: Series): string {
  return latency ? `${latency.p50.toFixed(2)} / ${latency.p99.toFixed(2)}` : ''
}
