// hazard: logs without end
// expect: timeout
// limits: {"wallMs": 300}
// logs: cut
export default () => {
  for (;;) console.log('flood')
}
