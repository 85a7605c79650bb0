// hazard: throws undefined
// expect: script_error
// message: undefined
export default async () => {
  await null
  throw undefined
}
