import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Load, LoadResult } from './http-load.ts'
import { type Bench, type BenchRow, type Measurement, putUnderLoad, seriesOf } from './measure.ts'

/**
 * One-off executions asked for over HTTP, whose callers wait for the result: through the ledger, a
 * claim, the sandbox and the durable record. The peer is a bare Koa server that does none of it.
 */
export const httpExecutions: BenchRow = {
  name: 'http-executions',
  async run(bench) {
    const peer = fork(fileURLToPath(new URL('./koa-hello.ts', import.meta.url)))
    try {
      const [peerUrl] = (await once(peer, 'message')) as [string]
      return [await compare(bench, peerUrl, 32), await compare(bench, peerUrl, 1)]
    } finally {
      peer.disconnect()
    }
  },
}

async function compare(bench: Bench, peerUrl: string, connections: number): Promise<Measurement> {
  const { node, rounds, seconds } = bench
  const load: Load = {
    url: `${node.url}/api/executions`,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${node.apiKey}` },
    body: JSON.stringify({ script: 'hello', input: { name: 'world' }, wait: 30 }),
    connections,
    seconds,
  }
  const peerLoad = { ...load, url: peerUrl }
  await putUnderLoad({ ...load, seconds: 1.5 })
  await putUnderLoad({ ...peerLoad, seconds: 0.5 })

  const ours: LoadResult[] = []
  const theirs: LoadResult[] = []
  // In turns, so that whatever else the machine does meets both.
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await putUnderLoad(load))
    theirs.push(await putUnderLoad({ ...peerLoad, seconds: seconds / 2 }))
  }
  return {
    what: `HTTP execution, waited for, ${connections} connection${connections === 1 ? '' : 's'}`,
    unit: '/s',
    ours: seriesOf(ours),
    peer: { name: 'bare Koa', ...seriesOf(theirs) },
  }
}
