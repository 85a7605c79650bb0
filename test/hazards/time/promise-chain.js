// hazard: a promise that resolves to a promise that resolves to a promise …
// expect: timeout
// limits: {"wallMs": 150}
export default () => {
  const next = () => Promise.resolve().then(next)
  return next()
}
