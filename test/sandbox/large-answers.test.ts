import { expect, test } from 'vitest'

import { createAnswerLane } from '../../src/sandbox/parent/answer-lane.ts'
import { job, useSandbox } from './jobs.ts'

const sandbox = useSandbox({ hosts: 1 })

test('large answers to many calls at once do not cost a host its life', async () => {
  const answer = JSON.stringify('x'.repeat(10 * 1024 * 1024))
  const source = `export default async () => {
    const lengths = await Promise.all(
      Array.from({ length: 15 }, async () => (await sdk.http.request({})).length),
    )
    return lengths.length
  }`
  let taken = 0
  const result = await sandbox.it.run(
    job(source, { limits: { wallMs: 60_000, cpuMs: 60_000, memoryMb: 512 } }),
    {
      async onCall(_name, _args, leaves) {
        void leaves.then(() => {
          taken += 1
        })
        return answer
      },
    },
  )
  expect(result).toMatchObject({ status: 'completed', output: '15' })
  expect(taken).toBe(15)
  expect(sandbox.events.filter(({ type }) => type === 'host_exited')).toEqual([])
})

test('a large answer waits until the one before has left; a small one does not', async () => {
  const leave = createAnswerLane()
  const large = 'x'.repeat(300_000)
  const sent: string[] = []
  const leaves: (() => void)[] = []
  const hold = (name: string) => (onLeft: () => void) => {
    sent.push(name)
    leaves.push(onLeft)
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve))
  void leave(large, hold('first'))
  const second = leave(large, hold('second'))
  void leave('small', hold('small'))
  await turn()
  expect(sent).toEqual(['small', 'first'])
  leaves[1]?.()
  await turn()
  expect(sent).toEqual(['small', 'first', 'second'])
  leaves[2]?.()
  await second
})
