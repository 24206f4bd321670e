using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Numerics;
using System.Text;
using System.Threading.Tasks;

interface IShape { double Area { get; } }
struct Point { public int X, Y; public Point(int x, int y) { X = x; Y = y; } public static Point operator +(Point a, Point b) => new Point(a.X + b.X, a.Y + b.Y); public override string ToString() => $"({X}, {Y})"; public void Deconstruct(out int x, out int y) { x = X; y = Y; } }
class Box : IShape { public double W { get; set; } = 2; public double H { get; private set; } = 3; public double Area => W * H; }
abstract class Animal { public string Name { get; } protected Animal(string name) => Name = name; public abstract string Sound(); public override string ToString() => $"{Name}: {Sound()}"; }
sealed class Dog : Animal { public Dog() : base(nameof(Dog)) { } public override string Sound() => "woof"; }
enum Color { Red = 1, Green }
class Stack<T> where T : IComparable<T> { readonly List<T> items = new List<T>(); public T this[int i] => items[i]; public void Push(T x) => items.Add(x); public T Max() => items.Max(); }
static class Extensions { public static string Shout(this string text) => text.ToUpper() + "!"; }

static class Program {
    static int Sum(params int[] xs) => xs.Sum();
    static IEnumerable<int> Count(int n) { for (int i = 0; i < n; i++) yield return i; }
    static (int min, int max) Range(IEnumerable<int> xs) => (xs.Min(), xs.Max());
    static bool TryHalf(int x, out int half) { half = x / 2; return x % 2 == 0; }
    static async Task<int> Work(int n) { await Task.Delay(1); return n * 2; }
    static string Describe(object o) { if (o == null) return "null"; if (o is int) return (int)o > 5 ? "big" : "int " + o; return o as string ?? "other"; }

    static void Main() {
        var line = Console.ReadLine().Split(' ').Select(int.Parse).ToArray();
        Console.WriteLine($"1 {line[0] + line[1]}");
        Console.WriteLine($"2 {new Point(1, 2) + new Point(3, 4)}");
        IShape shape = new Box { W = 4 };
        Console.WriteLine($"3 {shape.Area:F1}");
        Console.WriteLine($"4 {new Dog()}");
        Console.WriteLine($"5 {Color.Green} {(int)Color.Green} {Enum.Parse(typeof(Color), "Red")}");
        var stack = new Stack<string>(); stack.Push("a"); stack.Push("b");
        Console.WriteLine($"6 {stack.Max()} {stack[0]}");
        Console.WriteLine($"7 {"hey".Shout()} {Sum(1, 2, 3)} {Sum()}");
        Console.WriteLine("8 " + string.Join(",", Count(3)));
        var (min, max) = Range(new[] { 3, 1, 2 });
        Console.WriteLine($"9 {min} {max}");
        Console.WriteLine($"10 {TryHalf(8, out var half)} {half} {(int.TryParse("x", out _) ? 1 : 0)}");
        Console.WriteLine($"11 {Task.WhenAll(Work(1), Work(2)).Result.Sum()}");
        Console.WriteLine("12 " + string.Join(" ", new object[] { null, 9, 2, "s", 1.5 }.Select(Describe)));
        var words = "the cat the dog".Split(' ');
        foreach (var group in words.GroupBy(w => w).OrderByDescending(g => g.Count()).ThenBy(g => g.Key)) Console.WriteLine($"13 {group.Key}{group.Count()}");
        var query = from x in Enumerable.Range(1, 5) where x % 2 == 1 orderby x descending select x * x;
        Console.WriteLine("14 " + string.Join(" ", query));
        var counts = new SortedDictionary<char, int>();
        foreach (char c in "hello") { counts.TryGetValue(c, out int n); counts[c] = n + 1; }
        Console.WriteLine("15 " + string.Concat(counts.Select(p => $"{p.Key}{p.Value}")));
        Console.WriteLine($"16 {BigInteger.Pow(2, 100)}");
        string none = null;
        Console.WriteLine($"17 {none?.Length ?? -1} {"a,b".IndexOf(',')}");
        try { throw new InvalidOperationException("no"); } catch (Exception e) when (e.Message == "no") { Console.WriteLine("18 caught"); } finally { Console.WriteLine("18 finally"); }
        Func<int, int> local = null;
        local = n => n < 2 ? n : local(n - 1) + local(n - 2);
        Func<int, Func<int, int>> add = x => y => x + y;
        Console.WriteLine($"19 {local(10)} {add(2)(3)}");
        var builder = new StringBuilder().Append('x', 2).Insert(0, 1.5);
        (int a, string b) tuple = (1, "t");
        Debug.Assert(tuple.a == 1);
        Console.WriteLine($"20 {builder} {tuple.b} {0b101} {0x3E8} {new HashSet<int> { 1, 1, 2 }.Count}");
    }
}
