// hazard: closes the function and hands over code of its own
// expect: invalid_script
// message: missing )
// check: syntax_error
export default () => 1
}))});$pgscript$(()=>{return(async()=>'pwned')});((()=>{((async()=>{
