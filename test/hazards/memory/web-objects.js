// hazard: objects of the web that hold bytes elsewhere, where there are any
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 20000, "cpuMs": 15000}
export default () => {
  const kept = []
  const { Blob, Response, TextEncoder, structuredClone } = globalThis
  for (;;) {
    const text = `${kept.length} `.repeat(10_000)
    if (Blob) kept.push(new Blob([text]))
    if (Response) kept.push(new Response(text))
    if (TextEncoder) kept.push(new TextEncoder().encode(text))
    if (structuredClone) kept.push(structuredClone({ text, bytes: new Uint8Array(10_000) }))
    kept.push(new Uint8Array(10_000), text.split(' '))
  }
}
