// hazard: the comments of HTML, which a module does not have: what is read as `a < !--b` runs as `a`
// expect: completed
// output: "a"
// check: html_comment
export default () => {
  let a = 'a'
  let b = 1
  return a <!--b
}
