// hazard: WebAssembly, whose memory no limit of the isolate covers; a table in a loop aborted the process
// expect: completed
// output: ["undefined","undefined","undefined"]
export default () => {
  if (typeof WebAssembly !== 'undefined') {
    const kept = []
    for (;;)
      kept.push(
        new WebAssembly.Table({ initial: 10_000_000, element: 'anyfunc' }),
        new WebAssembly.Memory({ initial: 10_000 }),
      )
  }
  return [
    typeof WebAssembly,
    typeof globalThis.WebAssembly,
    typeof Object.getPrototypeOf(globalThis).WebAssembly,
  ]
}
