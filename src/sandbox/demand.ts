/** Halves what was asked for, so that it counts for half as much after so long. */
const halfLifeMs = 20_000
const maxKnown = 200

/** How often each kind of thing has been asked for of late, forgetting as it goes. */
export interface Demand<Kind> {
  ask(kind: Kind): void
  /** The kinds asked for of late, most wanted first, with how often that was, in the end per half-life. */
  wanted(): { kind: Kind; weight: number }[]
}

export function createDemand<Kind>(
  nameOf: (kind: Kind) => string,
  now = () => performance.now(),
): Demand<Kind> {
  const known = new Map<string, { kind: Kind; weight: number; at: number }>()
  const weightAt = ({ weight, at }: { weight: number; at: number }) =>
    weight * 2 ** ((at - now()) / halfLifeMs)

  return {
    ask(kind) {
      const name = nameOf(kind)
      const before = known.get(name)
      known.delete(name)
      known.set(name, { kind, weight: 1 + (before ? weightAt(before) : 0), at: now() })
      // What was asked for longest ago goes first.
      for (const oldest of known.keys()) if (known.size > maxKnown) known.delete(oldest)
    },
    wanted() {
      const found = []
      for (const [name, entry] of known) {
        const weight = weightAt(entry)
        if (weight < 0.1) known.delete(name)
        else found.push({ kind: entry.kind, weight })
      }
      return found.sort((a, b) => b.weight - a.weight)
    },
  }
}
