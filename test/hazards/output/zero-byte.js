// hazard: characters that PostgreSQL does not take in text
// expect: completed
// output: {"\u0000":"a\u0000b","\u001b[2J":"\u007f"}
export default () => ({ '\0': 'a\0b', '\u001b[2J': '\u007f' })
