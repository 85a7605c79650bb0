import { log } from 'pgscript'

// Runs for each row that is inserted into pgscript_demo.orders, by whatever client.
export default function ({ new: order }, { trigger }) {
  const isLarge = order.total >= 100
  log.info('an order came in', { order: order.id, customer: order.customer, event: trigger.event.id })
  return {
    order: order.id,
    thanks: `Thank you, ${order.customer}!`,
    discount: isLarge ? order.total * 0.05 : 0,
  }
}
