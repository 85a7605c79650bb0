// hazard: ten thousand rejections that nobody handles
// expect: completed
// output: "done"
// limits: {"memoryMb": 128, "cpuMs": 15000, "wallMs": 20000}
export default () => {
  for (let count = 0; count < 10_000; count += 1) Promise.reject(new Error(`unseen ${count}`))
  return 'done'
}
