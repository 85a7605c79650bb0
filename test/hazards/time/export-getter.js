// hazard: exports that are read anew, and a class whose static block loops
// expect: timeout
// limits: {"wallMs": 150}
class Loop {
  static {
    for (;;);
  }
}

export { Loop }
export default () => 1
