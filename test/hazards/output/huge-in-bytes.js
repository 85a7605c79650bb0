// hazard: a text that fits in characters and not in bytes
// expect: output_limit
export default () => '€'.repeat(500_000)
