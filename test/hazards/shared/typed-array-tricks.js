// hazard: lengths and offsets that change between the check and the use
// expect: completed
// output: 12
export default () => {
  let refused = 0
  for (const attempt of [
    () => new Uint8Array(-1),
    () => new Uint8Array(2 ** 53),
    () => new Float64Array(new ArrayBuffer(8), 4),
    () => new Float64Array(new ArrayBuffer(8), 8, 1),
    () => new DataView(new ArrayBuffer(1), 2),
    () => new DataView(new ArrayBuffer(8)).getFloat64(1),
    () => new Uint8Array(8).set(new Uint8Array(9)),
    () => new Uint8Array(8).subarray.call({}, 0),
    () =>
      Reflect.construct(
        Uint8Array,
        [8],
        Object.defineProperty(() => 1, 'prototype', { value: 7 }),
      ),
    () => new ArrayBuffer(8).slice.call({}, 0),
    () => ArrayBuffer.prototype.transfer.call(new Uint8Array(8)),
    () => new BigInt64Array(1).fill(1),
  ]) {
    try {
      attempt()
    } catch (error) {
      if (error instanceof Error) refused += 1
    }
  }
  return refused
}
