#include <bits/stdc++.h>
using namespace std;
#define rep(i, n) for (int i = 0; i < (n); ++i)
#define int long long

enum class Color : char { Red, Green };
struct Base { virtual ~Base() {} virtual int area() const { return 0; } };
struct Square final : Base {
    int side;
    explicit Square(int side) : side(side) {}
    Square() : Square(1) {}
    int area() const override { return side * side; }
};
struct Fixed { Fixed() = default; Fixed(const Fixed &) = delete; int n = 4; };
template <typename T> T largest(T x) { return x; }
template <typename T, typename... R> T largest(T x, R... rest) { return max(x, largest(rest...)); }
template <typename T> using Grid = vector<vector<T>>;
constexpr int cube(int n) { return n * n * n; }
auto add(int a, int b) -> decltype(a + b) { return a + b; }
int operator"" _km(unsigned long long n) { return n * 1000; }
struct Hash { size_t operator()(const pair<int, int> &p) const { return p.first * 31 + p.second; } };

signed main() {
    ios_base::sync_with_stdio(false);
    cin.tie(NULL);
    int a, b;
    cin >> a >> b;
    cout << "1 " << add(a, b) << endl;
    vector<int> v = {4, 2, 7};
    sort(v.begin(), v.end(), [](int x, int y) { return x > y; });
    for (auto &x : v) cout << "2 " << x << endl;
    unique_ptr<Base> shape(new Square(5));
    cout << "3 " << shape->area() << Square().area() << endl;
    cout << "4 " << largest(3, 9, 5) << endl;
    Grid<int> grid(2, vector<int>(3, 1));
    rep(i, 2) rep(j, 3) grid[i][j] += i * j;
    cout << "5 " << grid[1][2] << endl;
    static_assert(cube(3) == 27, "cube");
    cout << "6 " << static_cast<int>(Color::Green) << endl;
    shared_ptr<int> one = make_shared<int>(5), two = one;
    cout << "7 " << one.use_count() << endl;
    unordered_map<pair<int, int>, int, Hash> seen;
    seen[{1, 2}]++;
    cout << "8 " << seen.size() << seen.at(make_pair(1, 2)) << endl;
    tuple<int, string> t = make_tuple(1, "x");
    string word;
    tie(ignore, word) = t;
    cout << "9 " << word << get<0>(t) << endl;
    cout << "10 " << 5_km << endl;
    cout << "11 " << R"(a\n"b")" << endl;
    string moved = "long", target = move(moved);
    cout << "12 " << target << endl;
    cout << "13 " << stoi("12") + 1 << to_string(3) << endl;
    function<int(int)> fact = [&](int n) -> int { return n ? n * fact(n - 1) : 1; };
    cout << "14 " << fact(10) << endl;
    cout << "15 " << all_of(v.begin(), v.end(), [](int x) { return x > 1; }) << endl;
    int *none = nullptr;
    cout << "16 " << (none == nullptr) << noexcept(1) << endl;
    vector<pair<int, string>> pairs;
    pairs.emplace_back(2, "b");
    pairs.push_back({1, "a"});
    cout << "17 " << min_element(pairs.begin(), pairs.end())->second << endl;
    mt19937 random(5);
    uniform_int_distribution<int> dice(6, 6);
    cout << "18 " << dice(random) << endl;
    array<int, 3> fixed = {{1, 2, 3}};
    cout << "19 " << accumulate(fixed.begin(), fixed.end(), 0LL) << Fixed().n << endl;
    thread worker([&] { a = 1; });
    worker.join();
    regex digits("([0-9]+)");
    smatch found;
    string text = "ab12";
    bool matches = regex_search(text, found, digits);
    cout << "20 " << a << matches << found[1] << endl;
}
