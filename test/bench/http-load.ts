// A process that keeps N connections busy for some seconds: each sends its next request when it has the answer.
import { Agent, request } from 'node:http'

export interface Load {
  url: string
  headers: Record<string, string>
  body: string
  connections: number
  seconds: number
}

export interface LoadResult {
  requests: number
  seconds: number
  /** Milliseconds. */
  p50: number
  p99: number
  /** Answers other than 200, or with a failed execution; `sample` is one of them. */
  refused: number
  sample: string
}

interface Answer {
  status: number
  text: string
}

function post({ url, headers, body }: Load, agent: Agent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

async function run(load: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.connections })
  const latencies: number[] = []
  let refused = 0
  let sample = ''
  const began = performance.now()
  const end = began + load.seconds * 1000

  async function connection() {
    while (performance.now() < end) {
      const sent = performance.now()
      const { status, text } = await post(load, agent)
      latencies.push(performance.now() - sent)
      if (status === 200 && !text.includes('"status":"failed"')) continue
      refused += 1
      sample = `${status} ${text.slice(0, 300)}`
    }
  }
  await Promise.all(Array.from({ length: load.connections }, connection))
  const seconds = (performance.now() - began) / 1000
  agent.destroy()
  latencies.sort((left, right) => left - right)
  const percentile = (share: number) =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0
  return { requests: latencies.length, seconds, p50: percentile(0.5), p99: percentile(0.99), refused, sample }
}

process.once('message', async (load: Load) => {
  const result = await run(load)
  process.send?.(result, () => process.disconnect?.())
})
