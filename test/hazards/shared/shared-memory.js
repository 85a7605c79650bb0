// hazard: memory that is shared between threads, through every door to it
// expect: completed
// output: []
export default () => {
  const found = []
  if (typeof SharedArrayBuffer !== 'undefined') found.push('SharedArrayBuffer')
  for (const make of [
    () => new Uint8Array(8).buffer.constructor,
    () => Object.getPrototypeOf(new Uint8Array(8)).constructor.from([1]).buffer.constructor,
    () => Object.getPrototypeOf(Object.getPrototypeOf(new ArrayBuffer(1))).constructor,
  ]) {
    try {
      if (make().name === 'SharedArrayBuffer') found.push(String(make))
    } catch {}
  }
  for (const name of Object.getOwnPropertyNames(globalThis)) if (/shared/i.test(name)) found.push(name)
  return found
}
