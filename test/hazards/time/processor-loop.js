// hazard: a loop that uses up its processor time long before its wall time
// expect: cpu_limit
// limits: {"cpuMs": 150}
export default () => {
  let sum = 0
  for (;;) sum += Math.sqrt(sum + 1)
}
