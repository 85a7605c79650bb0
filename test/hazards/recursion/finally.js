// hazard: goes down in every finally
// expect: timeout
// limits: {"wallMs": 250}
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
