#include <bits/stdc++.h>
using namespace std;

template <typename T> concept Number = integral<T> || floating_point<T>;
template <Number... T> auto total(T... xs) { return (xs + ... + 0); }
struct Point { int x = 0, y = 0; auto operator<=>(const Point &) const = default; };
struct Shape { virtual ~Shape() = default; virtual double area() const = 0; };
struct Box final : Shape { double w, h; Box(double w, double h) : w(w), h(h) {} double area() const override { return w * h; } };
enum class Color : int { Red = 1, Green };
template <class... Ts> struct overloaded : Ts... { using Ts::operator()...; };
constexpr int fib(int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
consteval int square(int n) { return n * n; }
struct Hash { size_t operator()(const pair<int, int> &p) const { return hash<long long>()(1LL * p.first << 32 | p.second); } };
[[nodiscard]] optional<int> parse(string_view text) {
    int value;
    auto [end, error] = from_chars(text.data(), text.data() + text.size(), value);
    if (error != errc()) return nullopt;
    return value;
}

int main() {
    ios::sync_with_stdio(false);
    cin.tie(nullptr);
    int a, b;
    cin >> a >> b;
    cout << "1 " << a + b << '\n';
    cout << "2 " << total(1, 2, 3) << ' ' << total() << '\n';
    cout << "3 " << (Point{1, 2} < Point{.x = 1, .y = 3}) << ' ' << (Point{} == Point{}) << '\n';
    vector<unique_ptr<Shape>> shapes;
    shapes.push_back(make_unique<Box>(2, 3));
    for (const auto &shape : shapes) cout << "4 " << shape->area() << '\n';
    static_assert(fib(10) == 55);
    cout << "5 " << square(5) << ' ' << static_cast<int>(Color::Green) << '\n';
    variant<int, string> v = "text"s;
    cout << "6 " << visit(overloaded{[](int n) { return n; }, [](const string &s) { return int(s.size()); }}, v) << '\n';
    map<string, int> counts;
    for (auto word : {"a", "b", "a"}) counts[word]++;
    for (auto &[word, count] : counts) cout << "7 " << word << count << '\n';
    vector<int> xs{5, 3, 8, 1};
    ranges::sort(xs, greater{});
    auto even = xs | views::filter([](int x) { return x % 2 == 0; }) | views::transform([](int x) { return x * 10; });
    for (int x : even) cout << "8 " << x << '\n';
    if (auto it = ranges::find(xs, 3); it != xs.end()) cout << "9 " << it - xs.begin() << '\n';
    cout << "10 " << parse("42").value_or(-1) << ' ' << parse("x").has_value() << '\n';
    unordered_map<pair<int, int>, int, Hash> seen{{{1, 2}, 3}};
    cout << "11 " << seen.contains({1, 2}) << ' ' << seen[{1, 2}] << '\n';
    priority_queue<pair<int, int>, vector<pair<int, int>>, greater<>> heap;
    heap.emplace(2, 1); heap.push({1, 5});
    auto [key, value] = heap.top();
    cout << "12 " << key << value << '\n';
    auto dfs = [&](auto &&self, int n) -> int { return n ? n + self(self, n - 1) : 0; };
    cout << "13 " << dfs(dfs, 4) << '\n';
    cout << "14 " << accumulate(xs.begin(), xs.end(), 0LL) << ' ' << gcd(12, 18) << ' ' << popcount(255u) << ' ' << midpoint(2, 6) << '\n';
    string text = "hello";
    cout << "15 " << text.starts_with("he") << text.substr(1, 3) << string(text.rbegin(), text.rend()) << '\n';
    array<int, 3> fixed{1, 2, 3};
    span<int> part(fixed.data(), 2);
    cout << "16 " << part.size() << ' ' << ssize(fixed) << '\n';
    auto shared = make_shared<int>(7);
    weak_ptr<int> weak = shared;
    cout << "17 " << weak.lock().use_count() << '\n';
    try { (void)vector<int>().at(1); } catch (const out_of_range &) { cout << "18 out of range\n"; }
    mutex lock; int sum = 0;
    { vector<jthread> threads; for (int i = 1; i <= 3; i++) threads.emplace_back([&, i] { scoped_lock guard(lock); sum += i; }); }
    cout << "19 " << sum << '\n';
    cout << "20 " << fixed.front() << ' ' << setprecision(3) << fixed.size() / 7.0 << ' ' << bitset<4>(5) << ' ' << 1'000'000 << '\n';
}
