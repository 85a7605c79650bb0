import { db, log } from 'pgscript'

// Runs for each row that is inserted into pgscript_demo.orders, by whatever client. The table is shared with
// scripts, so the order can be changed here; another shop's orders are not there.
export default async function ({ new: order }, { trigger }) {
  const discount = order.total >= 100 ? order.total * 0.05 : 0
  const { rowCount } = await db.from('orders').update({ status: 'confirmed' }).where({ id: order.id })
  log.info('an order came in', { order: order.id, event: trigger.event.id, confirmed: rowCount === 1 })
  return { order: order.id, thanks: `Thank you, ${order.customer}!`, discount }
}
