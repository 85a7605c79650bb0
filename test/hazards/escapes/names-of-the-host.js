// hazard: asks for the names that a program of Node.js has, and for those of what surrounds it
// expect: completed
// output: []
export default () => {
  const typed = {
    process: typeof process,
    require: typeof require,
    module: typeof module,
    exports: typeof exports,
    filename: typeof __filename,
    dirname: typeof __dirname,
    global: typeof global,
    Buffer: typeof Buffer,
    setImmediate: typeof setImmediate,
    ivm: typeof ivm,
    isolate: typeof isolate,
    send: typeof send,
    enter: typeof enter,
    p: typeof p,
    errors: typeof errors,
    scope: typeof scope,
    makeWorld: typeof makeWorld,
    executeParts: typeof executeParts,
    seedRandom: typeof seedRandom,
    restore: typeof restore,
    clock: typeof clock,
  }
  return Object.keys(typed).filter((name) => typed[name] !== 'undefined')
}
