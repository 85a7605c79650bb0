class OrderError extends Error {
  name = 'OrderError'
}

function price(order) {
  if (!order.currency) throw new OrderError(`order ${order.id} has no currency`)
  return `${order.amount} ${order.currency}`
}

/** Shows what an error looks like: its own type, the line it came from, and how it got there. */
export default function ({ order = { id: 17, amount: 12.5 } }) {
  return price(order)
}
