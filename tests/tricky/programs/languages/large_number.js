// expect: wrong_answer
// suite: large_plus_one
// why: a number above 2^53 loses its last digit
console.log(String(Number(require("fs").readFileSync(0, "utf8")) + 1));
