// hazard: properties of its own functions and of their prototypes
// expect: completed
// output: ["undefined","undefined"]
export function helper() {}
export default function main() {
  const found = [typeof helper.pwned, typeof main.pwned]
  helper.pwned = main.pwned = 'pwned'
  helper.prototype.pwned = 'pwned'
  return found
}
