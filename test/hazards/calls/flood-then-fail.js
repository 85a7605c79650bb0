// hazard: as many calls and lines as it can, and then an error
// expect: script_error
// message: after the flood
// logs: cut
export default () => {
  for (let count = 0; count < 2000; count += 1) {
    sdk.cache.get(`key ${count}`).catch(() => console.log('refused'))
    console.log('x'.repeat(1000))
  }
  throw new Error('after the flood')
}
