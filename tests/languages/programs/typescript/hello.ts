import * as fs from "fs";

enum Order { First, Second }

function add(numbers: readonly number[]): number {
    return numbers[Order.First] + numbers[Order.Second];
}

console.log(add(fs.readFileSync(0, "utf8").split(" ").map(Number)));
