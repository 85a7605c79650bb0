// hazard: a text that grows six times when it becomes JSON
// expect: output_limit
export default () => '\u0001'.repeat(300_000)
