// hazard: waits for an answer that does not come
// expect: timeout
// limits: {"wallMs": 150}
// answers: never
// calls: 1
export default () => sdk.cache.get('key')
