// hazard: text that goes into JSON as it is
// expect: completed
// output: [100,"undefined"]
export default () => {
  try {
    JSON.rawJSON('1],"pwned":[1')
    return 'pwned'
  } catch {}
  return [JSON.rawJSON('100'), typeof pwned]
}
