import { fork } from 'node:child_process'
import { once } from 'node:events'

/** A process of the benchmark's own that does what it is asked, so that clients have a core's worth of their own. */
export interface Client<Task, Result> {
  run(task: Task): Promise<Result>
  close(): Promise<void>
}

/** What a client's module does with its settings and with each task. */
export interface Work<Task, Result> {
  run(task: Task): Promise<Result>
  close(): Promise<void>
}

type Answer<Result> = { result: Result } | { error: string }

/** Starts a module that calls `serve`; resolves when it has opened with `settings`. */
export async function startClient<Task, Result>(
  module: URL,
  settings: unknown,
): Promise<Client<Task, Result>> {
  const child = fork(module)
  const ended = once(child, 'exit')
  const ask = async (message: unknown): Promise<Result> => {
    child.send(message as object)
    const [answer] = (await Promise.race([once(child, 'message'), ended.then(() => [])])) as [Answer<Result>?]
    if (answer && 'result' in answer) return answer.result
    throw new Error(answer?.error ?? `${module.pathname} ended without an answer`)
  }
  const close = async () => {
    if (child.connected) child.disconnect()
    await ended
  }
  try {
    await ask(settings)
  } catch (error) {
    await close()
    throw error
  }
  return { run: ask, close }
}

/** The other side: the first message is the settings, each later one a task. */
export function serve<Settings, Task, Result>(open: (settings: Settings) => Promise<Work<Task, Result>>) {
  const parent = process
  let opened: Work<Task, Result> | undefined
  const answer = async (message: Settings | Task): Promise<unknown> => {
    if (opened) return await opened.run(message as Task)
    opened = await open(message as Settings)
    return null
  }
  parent.on('message', async (message) => {
    const reply = await answer(message as Settings | Task).then(
      (result) => ({ result }),
      (error: Error) => ({ error: error.stack ?? String(error) }),
    )
    if (parent.connected) parent.send?.(reply)
  })
  parent.once('disconnect', async () => {
    await opened?.close()
    process.exit()
  })
}
