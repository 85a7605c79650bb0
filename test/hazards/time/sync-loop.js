// hazard: a loop that never yields
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  for (;;);
}
