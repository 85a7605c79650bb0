// hazard: loops while it is evaluated, before its function is called
// expect: timeout
// limits: {"wallMs": 150}
for (;;);
export default () => 1
