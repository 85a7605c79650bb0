// hazard: an asynchronous function that calls itself before it waits
// expect: script_error
// message: Maximum call stack size exceeded
export default async () => {
  const down = async () => (await null, await up()) + 1
  const up = async () => (await up()) + 1
  return await down()
}
