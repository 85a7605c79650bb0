// hazard: catches the end of the stack on every level, and goes down again: two to the power of ten thousand
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  const down = () => {
    try {
      down()
    } catch {
      down()
    }
  }
  down()
}
