// hazard: a loop that never yields
// expect: timeout
// limits: {"wallMs": 250}
export default () => {
  for (;;);
}
