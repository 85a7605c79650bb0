// hazard: freezes, seals and closes whatever it can reach, so that nobody can work any more
// expect: completed
// output: ["able",2]
export default () => {
  class Able extends Map {
    able = 'able'
  }
  const list = [1]
  list.push(2)
  const found = [new Able().able, list.length]
  for (const object of [
    globalThis,
    Object.getPrototypeOf(globalThis),
    Object.prototype,
    Array.prototype,
    Map.prototype,
    console,
    sdk,
    Math,
  ]) {
    try {
      Object.freeze(object)
    } catch {}
  }
  return found
}
