// hazard: visits the four billion places of a sparse array
// expect: timeout
// limits: {"wallMs": 150, "cpuMs": 20000}
export default () => {
  const sparse = []
  sparse[4_294_967_294] = 1
  return sparse.findIndex((value) => value === 2)
}
