// hazard: an asynchronous generator that does not end
// expect: timeout
// limits: {"wallMs": 150}
async function* endless() {
  for (;;) yield 1
}
export default async () => {
  for await (const value of endless()) void value
}
