// hazard: runs code of its own while an import that cannot be is being prepared
// expect: completed
// output: ["refused","refused"]
// check: dynamic_import
export default async () => {
  const seen = []
  const specifier = {
    toString() {
      throw new Error('asked')
    },
  }
  const options = {
    get with() {
      throw new Error('asked')
    },
  }
  await import(specifier).catch(() => seen.push('refused'))
  await import('node:child_process', options).catch(() => seen.push('refused'))
  return seen
}
