// hazard: cuts long texts into words, in a library below V8 that does not look whether it is to stop
// expect: timeout
// limits: {"wallMs": 150, "cpuMs": 20000}
export default () => {
  const segmenter = new Intl.Segmenter('th', { granularity: 'word' })
  const text = 'กรุงเทพมหานคร'.repeat(2000)
  for (;;) for (const { segment } of segmenter.segment(text)) void segment
}
