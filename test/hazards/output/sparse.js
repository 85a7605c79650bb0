// hazard: an array with holes, and with names that are no places
// expect: completed
// output: [null,1,null,2]
export default () => {
  const list = [, 1, , 2]
  list.name = 'pwned'
  list[-1] = 'pwned'
  return list
}
