// hazard: an output with names that would change prototypes where it is merged
// expect: completed
// output: {"__proto__":{"pwned":1},"constructor":{"prototype":{"pwned":1}}}
export default () => JSON.parse('{"__proto__":{"pwned":1},"constructor":{"prototype":{"pwned":1}}}')
