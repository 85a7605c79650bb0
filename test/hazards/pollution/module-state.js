// hazard: counts in variables of the module, statics of classes, and properties of functions
// expect: completed
// output: [1,1,1,1]
let count = 0
class Counter {
  static count = 0
}
function counter() {
  counter.count = (counter.count ?? 0) + 1
  return counter.count
}
const kept = { count: 0 }
export default function main() {
  count += 1
  Counter.count += 1
  kept.count += 1
  return [count, Counter.count, kept.count, counter()]
}
