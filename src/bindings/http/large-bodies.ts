import { Places } from './waiting.ts'

/** The place of one call's body, which it takes when the body turns out to be large. */
export interface LargeBody {
  enter(): Promise<void>
  isIn(): boolean
  /** Once, whether it was entered or not. */
  leave(): void
}

/** Places for the large response bodies of one call after another. */
export interface LargeBodies {
  forTenant(tenantId: string, signal: AbortSignal): LargeBody
}

/**
 * Bounds what large response bodies take of this process's memory: so many are read at the same time,
 * of one tenant not more than a part of them; others are held back at their connections.
 */
export function createLargeBodies({ perProcess = 16, perTenant = 4 } = {}): LargeBodies {
  const all = new Places(perProcess)
  const tenants = new Map<string, { places: Places; calls: number }>()

  return {
    forTenant(tenantId, signal) {
      const tenant = tenants.get(tenantId) ?? { places: new Places(perTenant), calls: 0 }
      tenants.set(tenantId, tenant)
      tenant.calls += 1
      const taken: (() => void)[] = []
      let left = false
      const take = async (places: Places) => {
        const giveBack = await places.take(signal)
        if (left) giveBack()
        else taken.push(giveBack)
      }
      return {
        async enter() {
          // The tenant's first: who waits for one of those holds none of everybody's.
          await take(tenant.places)
          await take(all)
        },
        isIn: () => taken.length > 0,
        leave() {
          left = true
          for (const giveBack of taken) giveBack()
          tenant.calls -= 1
          if (tenant.calls === 0) tenants.delete(tenantId)
        },
      }
    },
  }
}
