/** Answers of this size and more leave one after another. */
const largeAnswer = 256 * 1024

/** Calls `send` when its turn has come; resolves when the answer has left. */
export type AnswerLane = (text: string, send: (onLeft: () => void) => void) => Promise<void>

/**
 * Lets the large answers to a host's calls leave one at a time, each when the one before has been read.
 * Several of them at once look like a host that has stopped reading, for which it would be killed, and
 * with it the runs of others.
 */
export function createAnswerLane(): AnswerLane {
  let last: Promise<void> = Promise.resolve()

  return function leave(text, send) {
    const sent = () => new Promise<void>((resolve) => send(resolve))
    if (text.length < largeAnswer) return sent()
    last = last.then(sent)
    return last
  }
}
