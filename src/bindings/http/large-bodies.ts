import { Places } from './waiting.ts'

/** Places for the large response bodies of one call after another. */
export interface LargeBodies {
  forTenant(tenantId: string, signal: AbortSignal): { enter(): Promise<void>; leave(): void }
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
