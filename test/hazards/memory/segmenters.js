// hazard: segmenters with long texts of their own copy
// expect: memory_limit
// limits: {"memoryMb": 16, "wallMs": 30000, "cpuMs": 30000}
export default () => {
  const segmenter = new Intl.Segmenter('en', { granularity: 'word' })
  const kept = []
  for (;;) {
    const segments = segmenter.segment('ä '.repeat(200_000))
    kept.push(segments, segments[Symbol.iterator]())
  }
}
