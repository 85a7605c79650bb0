// hazard: as many calls as it may have, none of which is answered, and then a loop
// expect: cpu_limit
// limits: {"cpuMs": 150}
// answers: never
// calls: 20
export default () => {
  for (let count = 0; count < 20; count += 1) sdk.cache.get('key')
  for (;;);
}
