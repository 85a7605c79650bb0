// hazard: a pattern that is made at run time and matches nothing in a long text, again and again
// expect: cpu_limit
// limits: {"cpuMs": 200}
export default () => {
  const pattern = new RegExp(['(.*)', '(.*)', '(.*)', '[^a]$'].join(''), 's')
  for (;;) pattern.test('a'.repeat(3000))
}
