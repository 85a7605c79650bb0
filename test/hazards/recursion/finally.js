// hazard: goes down in every finally
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  const down = () => {
    try {
      down()
    } finally {
      down()
    }
  }
  down()
}
