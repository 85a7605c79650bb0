import { expect, test } from 'vitest'

import { isCatastrophic } from '../../src/scripts/regexp-shape.ts'

test.each([
  '(a+)+$',
  '^(a*)*$',
  '(?:a+)+b',
  '((a+))+',
  '(a+|b)+x',
  '([a-z]+)*1',
  '(\\w+\\b)*!',
  '(.*)*x',
  '(a|a)*b',
  '(\\w|\\d)+$',
  '(.|\\n|x)*y',
  '(x+x*)+y',
  '(?<word>\\w+)+;',
  '(a{2,})+',
  '((?:a|b)*)*',
])('%s can take exponential time', (pattern) => {
  expect(isCatastrophic(pattern)).toBe(true)
})

test.each([
  '^[a-z0-9._%+-]+@[a-z0-9.-]+\\.[a-z]{2,}$',
  '^\\d{4}-\\d{2}-\\d{2}$',
  '(\\d+,)*\\d+',
  '^(?:[a-z]+-)*[a-z]+$',
  '(foo|far)+',
  '(a+b|c+d)*',
  '^(\\w+\\s)*$',
  '([0-9]{1,3}\\.){3}[0-9]{1,3}',
  '(?:%[0-9a-f]{2}|[a-z])*',
  '\\s+$',
  '(a{3})+',
  '[(a+)+]*',
  '\\(a+\\)+',
  '(?=.*\\d)(?=.*[a-z]).{8,}',
  '(a+)?b',
  '',
  '(',
  ')',
  '[',
  '\\',
])('%s cannot, or is no pattern', (pattern) => {
  expect(isCatastrophic(pattern)).toBe(false)
})

test('a hostile pattern is read in one pass', () => {
  for (const part of ['(', '(a|', '[', '{1,', '\\u{', '(?<a', 'a|', '(a+b)'] as const) {
    expect(typeof isCatastrophic(part.repeat(1_000_000 / part.length))).toBe('boolean')
  }
})
