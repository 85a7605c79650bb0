import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)]

test('nothing follows a command of psql on its line: it would be its argument', () => {
  const followed = pages.flatMap((page) =>
    readFileSync(page, 'utf8')
      .split('\n')
      .filter((line) => /\\gset\b/.test(line) && !/\\gset$/.test(line))
      .map((line) => `${page}: ${line}`),
  )
  expect(followed).toEqual([])
})
