// hazard: one text of four times the limit, held while nothing runs
// expect: memory_limit
let text = 'ab'
export default async () => {
  for (let round = 0; round < 27; round += 1) text += text
  text.indexOf('c')
  await new Promise((resolve) => setTimeout(resolve, 5000))
  return text.length
}
