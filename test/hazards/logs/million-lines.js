// hazard: a million lines, and then it is done
// expect: completed
// output: "done"
// logs: cut
// limits: {"wallMs": 20000, "cpuMs": 15000}
export default () => {
  for (let count = 0; count < 1_000_000; count += 1) console.error(count)
  return 'done'
}
