// hazard: waits for an answer that does not come
// expect: timeout
// limits: {"wallMs": 250}
// answers: never
// calls: 1
export default () => sdk.cache.get('key')
