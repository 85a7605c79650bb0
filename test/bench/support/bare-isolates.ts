// isolated-vm by itself, in a process of its own: `contexts SECONDS` runs the hello script in a fresh context
// each time; `alive COUNT` keeps so many isolates, each of which awaits a second. Prints JSON.
import { setTimeout as sleep } from 'node:timers/promises'
import ivm from 'isolated-vm'

import { helloInput, helloSource, percentiles } from './sandbox-jobs.ts'

const [what, amount = '1'] = process.argv.slice(2)

async function contexts(seconds: number) {
  const isolate = new ivm.Isolate({ memoryLimit: 64 })
  const script = await isolate.compileScript(`(async (input) => {
    const $exports = {}
    await (async function () { 'use strict'; ${helloSource} })()
    return JSON.stringify(await $exports.default(JSON.parse(input)))
  })`)
  const starts: number[] = []
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    const started = performance.now()
    const context = await isolate.createContext()
    const main = await script.run(context, { reference: true })
    starts.push(performance.now() - started)
    await main.apply(undefined, [helloInput], { result: { promise: true, copy: true } })
    main.release()
    context.release()
  }
  const { user, system } = process.cpuUsage()
  const perSecond = (starts.length / (performance.now() - began)) * 1000
  return { perSecond, cpuMicros: (user + system) / starts.length, ...percentiles(starts) }
}

async function alive(count: number) {
  const began = performance.now()
  const one = async () => {
    const isolate = new ivm.Isolate({ memoryLimit: 64 })
    const context = await isolate.createContext()
    const call = new ivm.Reference(() => sleep(1000))
    const main = await context.eval(
      '(async (call) => { await call.apply(undefined, [], { result: { promise: true } }); return 1 })',
      { reference: true },
    )
    await main.apply(undefined, [call], { result: { promise: true, copy: true } })
    return isolate
  }
  const isolates = await Promise.all(Array.from({ length: count }, one))
  const peakMb = process.memoryUsage.rss() / 2 ** 20
  const ms = performance.now() - began
  for (const isolate of isolates) isolate.dispose()
  return { ms, peakMb }
}

const result = what === 'alive' ? await alive(Number(amount)) : await contexts(Number(amount))
process.stdout.write(`${JSON.stringify(result)}\n`)
process.exit(0)
