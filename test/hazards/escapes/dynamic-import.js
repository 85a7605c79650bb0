// hazard: imports a module of Node.js while it runs
// expect: completed
// output: ["Error",true,"Error"]
// check: dynamic_import
export default async () => {
  const seen = []
  try {
    await import('node:fs')
  } catch (error) {
    seen.push(error.name, error.constructor.constructor === Function)
  }
  try {
    await import('data:text/javascript,globalThis.pwned = 1')
  } catch (error) {
    seen.push(error.name)
  }
  return seen
}
