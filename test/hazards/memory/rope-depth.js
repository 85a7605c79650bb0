// hazard: a text of a million joined parts, flattened
// expect: completed
// output: 1000000
export default () => {
  let rope = ''
  for (let count = 0; count < 1_000_000; count += 1) rope = `${rope}x`
  return rope.indexOf('y') === -1 ? rope.length : 0
}
