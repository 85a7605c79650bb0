import { amount, isRecord, parseBounded } from '../protocol.ts'
import type { Figures } from './active-run.ts'

/** What a host says of its runs, by their id; nothing where it is not what it should be. */
export function readRunFigures(text: string): [string, Figures][] {
  const figures = parseBounded(text)
  return (Array.isArray(figures) ? figures : [])
    .filter((figure) => Array.isArray(figure))
    .map(([id, bytes, cpuMs, busyMs]) => [
      String(id),
      { bytes: amount(bytes), cpuMs: amount(cpuMs), busyMs: amount(busyMs) },
    ])
}

/** What a host says of its isolates and of itself. */
export function readCounts(text: string) {
  const counts = parseBounded(text)
  if (!isRecord(counts)) return undefined
  const { running, warm, spare, made, resident, cpuMs } = counts
  return {
    isolates: { running: amount(running), warm: amount(warm), spare: amount(spare), made: amount(made) },
    own: { resident: amount(resident), cpuMs: amount(cpuMs) },
  }
}
