/**
 * A queue of many lanes, served in turn: whoever puts much into one waits behind himself, and who comes
 * while his first piece is worked on is served before his second.
 */
export class Lanes<Item> {
  /** Only those in which something waits, in the order in which they are served. */
  readonly #lanes = new Map<string, Item[]>()
  #servedLast: string | undefined

  waitingIn(lane: string): number {
    return this.#lanes.get(lane)?.length ?? 0
  }

  push(lane: string, item: Item): void {
    const items = this.#lanes.get(lane)
    if (items) items.push(item)
    else this.#lanes.set(lane, [item])
  }

  /** Takes the next item; its lane goes behind all others, those included that are yet to come. */
  shift(): Item | undefined {
    const [first, second] = this.#lanes.keys().take(2)
    const lane = first === this.#servedLast ? (second ?? first) : first
    if (lane === undefined) return undefined
    const [item, ...rest] = this.#lanes.get(lane) ?? []
    this.#lanes.delete(lane)
    if (rest.length > 0) this.#lanes.set(lane, rest)
    this.#servedLast = lane
    return item
  }

  /** Takes everything. */
  empty(): Item[] {
    const items = [...this.#lanes.values()].flat()
    this.#lanes.clear()
    return items
  }
}
