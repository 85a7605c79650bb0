// hazard: a number that JSON does not know, below others
// expect: output_not_serializable
// message: output.orders.1.total is a BigInt
export default () => ({ orders: [{ total: 1 }, { total: 2n }] })
