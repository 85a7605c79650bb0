// hazard: such a number behind names that are a megabyte long
// expect: output_not_serializable
// message: is a BigInt
export default () => ({ ['k'.repeat(1_000_000)]: { ['__proto__']: 1n, [`\n${'x'.repeat(10)}`]: 2n } })
