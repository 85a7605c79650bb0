/** What names a node's right to an execution in every report on it. */
export interface Lease {
  tenantId: string
  id: string
  fence: number
}

/** The arrays that the set-based functions take, element by element. */
export function leaseArrays(leases: readonly Lease[]): [string[], string[], number[]] {
  return [
    leases.map((lease) => lease.tenantId),
    leases.map((lease) => lease.id),
    leases.map((lease) => lease.fence),
  ]
}
