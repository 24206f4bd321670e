import { readFileSync } from 'node:fs';
import { EventEmitter } from 'node:events';

const [a, b] = readFileSync(0, 'utf8').trim().split(/\s+/).map(Number);
console.log(1, a + b);
class Counter {
  #count = 0;
  static made = 0;
  static { Counter.made = 10; }
  get count() { return this.#count; }
  increment = () => ++this.#count;
  static is(value) { return #count in value; }
}
const counter = new Counter();
counter.increment();
console.log(2, counter.count, Counter.made, Counter.is(counter), Counter.is({}));
const { x, ...rest } = { x: 1, y: 2, z: 3 };
console.log(3, x, JSON.stringify(rest));
console.log(4, null ?? 'default', undefined?.missing, [1, 2]?.at(-1));
let value = null;
value ??= 5; value ||= 6; value &&= 7;
console.log(5, value);
function* numbers() { yield* [1, 2]; yield 3; }
console.log(6, [...numbers()].join());
console.log(7, 2n ** 64n, 1_000_000, 2 ** 10);
console.log(8, [3, 1, 2].toSorted().join(), [1, 2, 3].with(1, 9).join(), [1, 2, 3].toReversed().join());
console.log(9, JSON.stringify(Object.groupBy([1, 2, 3], n => (n % 2 ? 'odd' : 'even'))));
console.log(10, [1, [2, [3]]].flat(Infinity).join(), [1, 2].flatMap(n => [n, n]).join());
console.log(11, 'a-b-c'.replaceAll('-', '+'), 'x'.padStart(3, '.'), [...'aé'].length);
console.log(12, /(?<year>\d{4})/.exec('in 2024').groups.year, [...'a1b2'.matchAll(/\d/g)].length);
const results = await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error('no'))]);
console.log(13, results.map(({ status }) => status).join());
console.log(14, await Promise.any([Promise.reject(1), Promise.resolve(2)]));
const map = new Map([['k', 1]]);
for (const [key, count] of map) console.log(15, key, count);
console.log(16, structuredClone({ nested: [1] }).nested[0], Object.fromEntries(map).k);
console.log(17, [1, 2, 3, 4].findLast(n => n < 4), new Set([1, 1, 2]).size, new Set([1, 2]).union(new Set([3])).size);
const emitter = new EventEmitter();
emitter.once('done', text => console.log(18, text));
emitter.emit('done', `multi${1 + 1}`);
try { throw new Error('outer', { cause: 'inner' }); } catch ({ message, cause }) { console.log(19, message, cause); }
async function* later() { for (const n of [1, 2]) yield n; }
let total = 0;
for await (const n of later()) total += n;
console.log(20, total, Array.from({ length: 3 }, (_, i) => i * i).join());
