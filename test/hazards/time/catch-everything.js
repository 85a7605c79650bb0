// hazard: catches whatever stops it, and goes on, on many levels
// expect: timeout
// limits: {"wallMs": 150}
const stubborn = (depth) => {
  for (;;) {
    try {
      if (depth > 0) stubborn(depth - 1)
      else for (;;);
    } catch {}
  }
}
export default () => stubborn(50)
