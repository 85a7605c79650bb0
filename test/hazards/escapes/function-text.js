// hazard: reads the text of what surrounds it, in the hope of paths and secrets
// expect: completed
// output: []
export default () => {
  const texts = [
    sdk.cache.get,
    console.log,
    setTimeout,
    sdk.PermanentError,
    Date,
    Math.random,
    Symbol.for,
    ArrayBuffer,
  ].map((thing) => Function.prototype.toString.call(thing))
  return texts.filter((text) => /file:|node_modules|process\.|secret|token/i.test(text))
}
