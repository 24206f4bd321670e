// expect: runtime_error
// suite: sum2
// why: right output, exit code 1
const [a, b] = require("fs").readFileSync(0, "utf8").split(/\s+/).map(Number);
console.log(a + b);
process.exitCode = 1;
