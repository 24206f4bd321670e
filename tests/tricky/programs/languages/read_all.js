// expect: accepted
// suite: sum2
// why: the whole input at once, from descriptor 0
const [a, b] = require("fs").readFileSync(0, "utf8").split(/\s+/).map(Number);
console.log(a + b);
