const sample = `The quick brown fox jumps over the lazy dog. The dog sleeps on;
the fox, being quick, is gone.`

/** Counts words, the most frequent first. */
export default function ({ text = sample, top = 5 }) {
  const counts = new Map()
  for (const { segment, isWordLike } of new Intl.Segmenter('en', { granularity: 'word' }).segment(text)) {
    if (!isWordLike) continue
    const word = segment.toLowerCase()
    counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  console.log('distinct words:', counts.size)
  const ranked = [...counts].sort(([a, left], [b, right]) => right - left || a.localeCompare(b))
  return ranked.slice(0, top).map(([word, count]) => ({ word, count }))
}
