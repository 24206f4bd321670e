#include <bits/stdc++.h>
using namespace std;
typedef long long ll;
#define all(v) begin(v), end(v)

template <typename T> constexpr T pi = T(3.1415926535897932385L);
auto square(int n) { return n * n; }
decltype(auto) first(vector<int> &v) { return v.front(); }
constexpr int factorial(int n) {
    int result = 1;
    for (int i = 2; i <= n; ++i) result *= i;
    return result;
}
template <size_t... I> int sum(const array<int, sizeof...(I)> &values, index_sequence<I...>) {
    int total = 0;
    (void)initializer_list<int>{(total += get<I>(values))...};
    return total;
}
struct Options { int depth = 3; bool fast{true}; };
template <class T> using is_number = enable_if_t<is_arithmetic<T>::value, T>;
template <class T> is_number<T> twice(T n) { return 2 * n; }
[[deprecated("old")]] void old() {}

int main() {
    ios::sync_with_stdio(0); cin.tie(0);
    int a, b;
    cin >> a >> b;
    cout << "1 " << a + b << "\n";
    auto add = [](auto x, auto y) { return x + y; };
    cout << "2 " << add(1, 2) << add("a"s, "b") << "\n";
    cout << "3 " << fixed << setprecision(3) << pi<double> << "\n";
    cout << "4 " << square(7) << "\n";
    vector<int> v{3, 1, 2};
    first(v) = 9;
    cout << "5 " << v[0] << "\n";
    static_assert(factorial(5) == 120, "factorial");
    cout << "6 " << factorial(6) << "\n";
    cout << "7 " << sum(array<int, 3>{{1, 2, 3}}, make_index_sequence<3>{}) << "\n";
    auto owner = make_unique<Options>();
    cout << "8 " << owner->depth << owner->fast << "\n";
    auto moved = [held = move(owner)] { return held->depth; };
    cout << "9 " << moved() << (owner == nullptr) << "\n";
    cout << "10 " << 0b1010 << ' ' << 1'000'000 << "\n";
    sort(all(v), greater<>());
    cout << "11 " << v.front() << "\n";
    tuple<int, string> t{1, "x"};
    cout << "12 " << get<string>(t) << "\n";
    int before = exchange(a, 5);
    cout << "13 " << before << a << "\n";
    cout << "14 " << twice(2.5) << "\n";
    set<string, less<>> words{"one", "two"};
    cout << "15 " << words.count("two") << "\n";
    chrono::milliseconds wait = 2s;
    cout << "16 " << wait.count() << "\n";
    cout << "17 " << quoted("a b") << "\n";
    cout << "18 " << equal(all(v), v.rbegin(), v.rend()) << "\n";
    Options chosen{.depth = 5};
    cout << "19 " << chosen.depth << "\n";
    priority_queue<ll, vector<ll>, greater<ll>> heap;
    for (ll n : {5LL, 2LL, 8LL}) heap.push(n);
    function<int(int)> fib = [&](int n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); };
    cout << "20 " << heap.top() << fib(10) << "\n";
}
