// hazard: half a million small numbers
// expect: output_limit
export default () => new Array(500_000).fill(7)
