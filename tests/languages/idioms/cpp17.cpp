#include <bits/stdc++.h>
using namespace std;

template <typename... T> auto total(T... xs) { return (xs + ... + 0); }
template <typename T> string kind(const T &x) {
    if constexpr (is_integral_v<T>) return "int " + to_string(x);
    else if constexpr (is_same_v<T, string>) return "text " + x;
    else return "other";
}
template <class... Ts> struct overloaded : Ts... { using Ts::operator()...; };
template <class... Ts> overloaded(Ts...) -> overloaded<Ts...>;
struct Point { int x, y; };
struct Config { inline static int uses = 0; static constexpr int limit = 10; };
namespace a::b { int deep() { return 7; } }
[[nodiscard]] optional<int> half(int n) { return n % 2 ? nullopt : optional(n / 2); }

int main() {
    ios_base::sync_with_stdio(false), cin.tie(nullptr);
    int a, b;
    cin >> a >> b;
    cout << "1 " << a + b << '\n';
    cout << "2 " << total(1, 2, 3) << '\n';
    cout << "3 " << kind(5) << ' ' << kind("x"s) << ' ' << kind(1.5) << '\n';
    auto [x, y] = Point{3, 4};
    cout << "4 " << x * y << '\n';
    map<string, int> counts{{"b", 2}, {"a", 1}};
    for (const auto &[key, value] : counts) cout << "5 " << key << value << '\n';
    if (auto it = counts.find("a"); it != counts.end()) cout << "6 " << it->second << '\n';
    variant<int, string> v = "text"s;
    cout << "7 " << visit(overloaded{[](int n) { return n; }, [](const string &s) { return int(s.size()); }}, v) << '\n';
    cout << "8 " << half(10).value() << ' ' << half(3).value_or(-1) << '\n';
    Config::uses++;
    cout << "9 " << Config::uses << ' ' << Config::limit << '\n';
    cout << "10 " << a::b::deep() << '\n';
    pair p(1, 2.5);
    cout << "11 " << p.second << '\n';
    string_view text = "hello world";
    cout << "12 " << text.substr(0, text.find(' ')) << '\n';
    any box = 42;
    cout << "13 " << any_cast<int>(box) << '\n';
    auto [at, fresh] = counts.try_emplace("c", 3);
    cout << "14 " << at->second << fresh << '\n';
    counts.insert_or_assign("a", 9);
    auto node = counts.extract("a");
    node.key() = "z";
    counts.insert(move(node));
    cout << "15 " << counts.rbegin()->first << counts.rbegin()->second << '\n';
    cout << "16 " << clamp(15, 0, 10) << ' ' << gcd(12, 18) << ' ' << lcm(4, 6) << '\n';
    vector<int> xs{1, 2, 3, 4};
    cout << "17 " << reduce(xs.begin(), xs.end()) << ' ' << transform_reduce(xs.begin(), xs.end(), xs.begin(), 0) << '\n';
    mutex lock;
    { scoped_lock guard(lock); cout << "18 " << invoke([](int n) { return n + 1; }, 1) << '\n'; }
    cout << "19 " << apply([](auto... n) { return (n * ...); }, tuple(2, 3, 4)) << '\n';
    int value = 0;
    from_chars(text.data(), text.data(), value);
    cout << "20 " << size(xs) << ' ' << 0x1p3 << ' ' << static_cast<int>(byte{5}) << ' ' << xs.emplace_back(value + 8) << '\n';
}
