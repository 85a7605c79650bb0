// hazard: leaves the commonest methods replaced when it ends
// expect: completed
// output: "3,1,2"
export default () => {
  const found = [3, 1, 2].join()
  for (const leave of [
    () => {
      Array.prototype.join = () => 'pwned'
    },
    () => {
      Array.prototype.map = () => ['pwned']
    },
    () => {
      Object.keys = () => ['pwned']
    },
    () => {
      Math.max = () => 'pwned'
    },
    () => {
      Date.prototype.getTime = () => 'pwned'
    },
    () => {
      String.prototype.replace = () => 'pwned'
    },
    () => {
      Map.prototype.get = () => 'pwned'
    },
  ]) {
    try {
      leave()
    } catch {}
  }
  return found
}
