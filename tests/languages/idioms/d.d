import std;

struct Point { int x, y; int opCmp(const Point o) const { return x != o.x ? x - o.x : y - o.y; }
    Point opBinary(string op : "+")(Point o) const { return Point(x + o.x, y + o.y); } }
interface Shape { double area() const; }
final class Box : Shape { private double w, h; this(double w, double h) { this.w = w; this.h = h; }
    override double area() const { return w * h; } }
enum Color { red = 1, green }
T total(T)(T[] xs...) if (isNumeric!T) { T sum = 0; foreach (x; xs) sum += x; return sum; }
ulong fact(ulong n) pure nothrow @safe { return n < 2 ? 1 : n * fact(n - 1); }
mixin template Counter() { int count; void bump() { ++count; } }
class Clicks { mixin Counter; @property int twice() const { return count * 2; } }

int parse(string text) { try { return text.to!int; } catch (ConvException) { return -1; } }

void main() {
    auto numbers = readln().split.map!(to!int).array;
    writeln("1 ", numbers.sum);
    writeln("2 ", [5, 3, 8, 1].sort!"a > b".take(2));
    auto counts = (int[string]).init;
    foreach (word; ["a", "b", "a"]) counts[word]++;
    foreach (key; counts.keys.sort) writef("3 %s%d ", key, counts[key]);
    writeln();
    writeln("4 ", iota(1, 10).filter!(n => n % 2).map!(n => n * n).sum);
    writefln("5 %05.2f|%5s|%-5s|%x", 3.14159, "ab", "ab", 255);
    Shape shape = new Box(2, 3);
    writeln("6 ", shape.area);
    writeln("7 ", Point(1, 2) < Point(1, 3), " ", Point(1, 2) + Point(3, 4));
    enum known = fact(10);
    static assert(known == 3_628_800);
    writeln("8 ", known);
    writeln("9 ", total(1, 2, 3), " ", total(0.5, 0.25));
    writeln("10 ", parse("42"), " ", parse("x"));
    final switch (Color.green) { case Color.red: writeln("11 r"); break; case Color.green: writeln("11 g"); break; }
    auto clicks = new Clicks;
    clicks.bump();
    writeln("12 ", clicks.twice);
    int delegate(int) fib;
    fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2);
    writeln("13 ", fib(15));
    auto grid = new int[][](2, 3);
    grid[1][2] = 7;
    writeln("14 ", grid, " ", grid[1][$ - 1]);
    auto text = "hello";
    writeln("15 ", text[1 .. 4], text.retro, text.canFind("ell"), text ~ "!");
    auto pair = tuple!("name", "age")("Ann", 5);
    writeln("16 ", pair.name, pair.age);
    { scope (exit) writeln("17 out"); write("17 in "); }
    writeln("18 ", zip([1, 2], ["x", "y"]).map!(t => text.front.to!string ~ t[1]).join(","));
    auto heap = heapify!"a > b"([5, 2, 9]);
    heap.insert(1);
    writeln("19 ", heap.front, " ", BigInt("123456789012345678901234567890") * 2);
    Nullable!int none;
    writeln("20 ", none.isNull, " ", [1, 2, 3, 4].chunks(2), " ", reduce!((a, b) => a * b)(1, [2, 3, 4]), " ", gcd(12, 18));
}
