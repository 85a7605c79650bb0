// hazard: one text of four times the limit, for which V8 makes room when there is nothing else
// expect: memory_limit
export default () => {
  let text = 'ab'
  for (let round = 0; round < 27; round += 1) text += text
  return text.indexOf('c')
}
