// hazard: rejections that are handled after they were reported
// expect: completed
// output: 100
export default async () => {
  const rejected = Array.from({ length: 100 }, (_, index) => Promise.reject(index))
  await new Promise((resolve) => setTimeout(resolve, 5))
  let caught = 0
  for (const promise of rejected)
    await promise.catch(() => {
      caught += 1
    })
  return caught
}
