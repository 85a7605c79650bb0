// hazard: methods of the console that are not there, or that other consoles have
// expect: completed
// output: []
export default () => {
  const worked = []
  for (const name of [
    'Console',
    'context',
    'profile',
    'timeStamp',
    '_stdout',
    '_stderr',
    'createTask',
    'memory',
  ]) {
    if (name in console) worked.push(name)
  }
  return worked
}
