// expect: accepted
// suite: squares
// why: input by events, output when it ended
let text = "";
process.stdin.on("data", (chunk) => (text += chunk));
process.stdin.on("end", () => {
  const numbers = text.trim().split(/\s+/).slice(1).map(Number);
  process.stdout.write(numbers.map((x) => x * x).join("\n") + "\n");
});
