// hazard: declares the names that are given to it
// expect: completed
// output: [1,2,3,"object"]
const sdk = 1
const console = 2
const setTimeout = 3
export default () => [sdk, console, setTimeout, typeof globalThis.sdk]
