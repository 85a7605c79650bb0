// hazard: text that a logger would fill in
// expect: completed
// output: "done"
// logs: 3
export default () => {
  console.log('%s %d %o %c %%', 'a')
  console.log('$' + '{process.env.HOME} #{pwned} {{7*7}} ${jndi:ldap://pwned}')
  console.table([['a', 'b']])
  return 'done'
}
