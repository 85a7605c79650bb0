import type { ClientBase, Pool } from 'pg'

/** Something in the database's catalog that would weaken the isolation of tenants. */
export interface CatalogFault {
  /** Stable, such as `row_security_off`. */
  code: string
  /** The table, function, view, policy, schema or role, by its name in SQL. */
  object: string
  fault: string
  /** What to do about it: mostly the statement to run. */
  remedy: string
}

/**
 * What is wrong in the catalog of an installed database; `pgscript_engine.catalog_faults` decides.
 * For the installing role or a node's login.
 *
 * @returns no element when all is well.
 */
export async function findCatalogFaults(client: ClientBase | Pool): Promise<CatalogFault[]> {
  const { rows } = await client.query<CatalogFault>(
    'select code, object, fault, remedy from pgscript_engine.catalog_faults()',
  )
  return rows
}
