// expect: runtime_error
// suite: sum2
// why: right output, then a rejection that nobody handles
const [a, b] = require("fs").readFileSync(0, "utf8").split(/\s+/).map(Number);
console.log(a + b);
Promise.reject(new Error("forgotten"));
