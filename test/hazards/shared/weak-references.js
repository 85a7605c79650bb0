// hazard: watches the collector of garbage, to learn of the memory of others
// expect: completed
// output: ["undefined","undefined","undefined"]
export default () => [typeof WeakRef, typeof FinalizationRegistry, typeof globalThis.gc]
