// hazard: halves of characters, which cannot be written as UTF-8
// expect: completed
// output: ["\ud800","\udc00x","\ud83d\ude00","\udfff"]
export default () => ['\ud800', '\udc00x', '\ud83d\ude00', '😀\udfff'.slice(2)]
