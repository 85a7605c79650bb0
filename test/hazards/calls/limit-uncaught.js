// hazard: lets the refusal be its end
// expect: api_call_limit
// message: has used its 5 calls
// limits: {"hostCalls": 5}
// calls: 5
export default async () => {
  for (;;) await sdk.cache.get('key')
}
