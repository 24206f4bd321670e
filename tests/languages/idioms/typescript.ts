import * as fs from 'fs';

type Pair<T, U = T> = { readonly first: T; second?: U };
interface Shape { kind: 'circle' | 'box'; area(): number }
enum Color { Red = 'RED', Green = 'GREEN' }
const enum Direction { Up = 1, Down }
namespace Geometry { export const sides = 4; }
abstract class Base { constructor(protected readonly name: string) {} abstract describe(): string; }
class Circle extends Base implements Shape {
  kind = 'circle' as const;
  constructor(private radius: number) { super('circle'); }
  area(): number { return Math.round(Math.PI * this.radius ** 2); }
  override describe(): string { return `${this.name} ${this.area()}`; }
}
function add(a: number, b: number): number;
function add(a: string, b: string): string;
function add(a: any, b: any): any { return a + b; }
function isString(value: unknown): value is string { return typeof value === 'string'; }
function assertNumber(value: unknown): asserts value is number { if (typeof value !== 'number') throw new TypeError('not a number'); }
const identity = <T,>(value: T): T => value;
type Keys = keyof Pair<number>;
type Optional<T> = { [K in keyof T]?: T[K] };
type Element<T> = T extends (infer U)[] ? U : never;
class Node<T> { next: Node<T> | null = null; constructor(public value: T) {} }
function logged<This, Args extends any[], R>(target: (this: This, ...args: Args) => R, context: ClassMethodDecoratorContext) {
  return function (this: This, ...args: Args): R { console.log('14 called', String(context.name)); return target.call(this, ...args); };
}
class Service { @logged run(n: number) { return n * 2; } }

const [a, b]: number[] = fs.readFileSync(0, 'utf8').trim().split(' ').map(Number);
console.log('1', a! + b!);
console.log('2', new Circle(2).describe(), new Circle(1).kind);
console.log('3', Color.Red, Direction.Down, Geometry.sides);
console.log('4', add(1, 2), add('a', 'b'));
const value: unknown = 'text';
if (isString(value)) console.log('5', value.length);
try { assertNumber('x'); } catch (error: unknown) { console.log('6', (error as Error).message); }
console.log('7', identity<number>(7), identity('x'));
const config = { level: 3, name: 'n' } satisfies Record<string, number | string>;
console.log('8', config.level.toFixed(1));
const tuple: [string, ...number[]] = ['t', 1, 2];
const [head, ...tail] = tuple;
console.log('9', head, tail.length);
const key: Keys = 'first';
console.log('10', key);
const partial: Optional<Pair<number>> = {};
console.log('11', Object.keys(partial).length, partial.first ?? 'none');
const element: Element<string[]> = 'e';
console.log('12', element);
const list = new Node<number>(1);
list.next = new Node(2);
console.log('13', list.next.value, list.next.next?.value);
console.log('14', new Service().run(4));
const sum = (...numbers: ReadonlyArray<number>): number => numbers.reduce((s, n) => s + n, 0);
console.log('15', sum(1, 2, 3));
const map: Map<string, Set<number>> = new Map();
map.set('k', new Set([1]));
console.log('16', map.get('k')!.has(1));
type Result<T> = { ok: true; value: T } | { ok: false; error: string };
const parse = (text: string): Result<number> => isNaN(+text) ? { ok: false, error: 'bad' } : { ok: true, value: +text };
const parsed = parse('4');
console.log('17', parsed.ok ? parsed.value : parsed.error);
const symbols = { *[Symbol.iterator](): Generator<number> { yield 1; yield 2; } };
console.log('18', [...symbols].join());
declare global { interface Array<T> { second(): T | undefined } }
Array.prototype.second = function () { return this[1]; };
console.log('19', [1, 2].second());
const big: bigint = 2n ** 40n;
console.log('20', big.toString(), (1_000).toLocaleString('en-US'));
export {};
