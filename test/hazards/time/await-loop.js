// hazard: awaits what is there already, for ever
// expect: timeout
// limits: {"wallMs": 150}
export default async () => {
  for (;;) await null
}
