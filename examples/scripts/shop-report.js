import { db } from 'pgscript'

// The shop's own orders, by status; run it by hand.
export default async function ({ atLeast = 0 }, { tenant }) {
  const byStatus = await db.query(
    `select status, count(*) as orders, sum(total)::float8 as total
     from orders where total >= $1 group by status order by status`,
    [atLeast],
  )
  const largest = await db.from('orders').select('id', 'customer', 'total').orderBy('total', 'desc').first()
  return { shop: tenant.name, byStatus, largest }
}
