import type { Task } from "./task";

const COMMON: Task = {
  isAnswer: false,
  code: "",
  language: "python",
  mode: "stdio",
  checker: "tokens",
  options: "",
  cpuS: 2,
  memoryMb: 256,
  all: true,
  tests: [],
  functionName: "",
  testCode: "",
  entryPoint: "",
  interactor: "",
  interactorLanguage: "python",
};

const ANSWER = `Let me think: the sum of both numbers is asked for. A first try:

\`\`\`python
a, b = input().split()
print(a + b)
\`\`\`

That joins texts. This adds numbers:

\`\`\`python
a, b = map(int, input().split())
print(a + b)
\`\`\`

For the input \`1 2\` it prints

\`\`\`
3
\`\`\`
`;

const INTERACTOR = `import sys

secret = int(open(sys.argv[1]).read())
for _ in range(10):
    line = sys.stdin.readline()
    if not line.strip().isdigit():
        sys.exit(1)
    guess = int(line)
    print("=" if guess == secret else "<" if secret < guess else ">", flush=True)
    if guess == secret:
        sys.exit(0)
sys.exit(1)
`;

const GUESS = `low, high = 1, 1000
while True:
    middle = (low + high) // 2
    print(middle, flush=True)
    answer = input()
    if answer == "=":
        break
    if answer == "<":
        high = middle - 1
    else:
        low = middle + 1
`;

/** One example of each mode, and one of a model's whole answer. */
export const EXAMPLES: Record<string, Task> = {
  "stdin and stdout": {
    ...COMMON,
    code: "print(sum(map(int, input().split())))\n",
    tests: [
      { input: "1 2\n", output: "3\n" },
      { input: "2 2\n", output: "5\n" },
    ],
  },
  "a model's answer": { ...COMMON, isAnswer: true, code: ANSWER, tests: [{ input: "1 2\n", output: "3\n" }] },
  "a function": {
    ...COMMON,
    mode: "function",
    checker: "json",
    functionName: "two_sum",
    code: "def two_sum(numbers, target):\n    seen = {}\n    for place, number in enumerate(numbers):\n        if target - number in seen:\n            return [seen[target - number], place]\n        seen[number] = place\n",
    tests: [
      { input: "[[2, 7, 11, 15], 9]", output: "[0, 1]" },
      { input: "[[3, 3], 6]", output: "[0, 1]" },
    ],
  },
  "test code": {
    ...COMMON,
    mode: "program",
    code: "def add(a, b):\n    return a + b\n",
    entryPoint: "add",
    testCode: "assert add(1, 2) == 3\nassert add(-1, 1) == 0\nassert add(10**20, 1) == 10**20 + 1\n",
  },
  interactive: { ...COMMON, mode: "interactive", code: GUESS, interactor: INTERACTOR, tests: [{ input: "42\n", output: "" }, { input: "1000\n", output: "" }] },
};
