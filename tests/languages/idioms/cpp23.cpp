#include <bits/stdc++.h>
using namespace std;

struct Counter { int n = 0; auto&& count(this auto&& self) { return self.n; } };
struct Grid {
    array<int, 6> cells{};
    int& operator[](size_t row, size_t column) { return cells[3 * row + column]; }
};
enum class Level : uint8_t { low = 1, high = 7 };
expected<int, string> parse(string_view text) {
    int value;
    auto [end, error] = from_chars(text.begin(), text.end(), value);
    if (error != errc()) return unexpected("bad " + string(text));
    return value;
}
constexpr int where() { if consteval { return 1; } else { return 2; } }
[[nodiscard]] constexpr int half(int n) { [[assume(n % 2 == 0)]]; return n / 2; }

int main() {
    int a, b;
    cin >> a >> b;
    println("1 {}", a + b);
    println("2 {:>5}|{:<5}|{:^5}|{:05.1f}|{:#x}", 1, 2, 3, 4.25, 255);
    println("3 {} {}", parse("42").value(), parse("x").error());
    println("4 {}", parse("20").transform([](int n) { return n + 1; }).value_or(0));
    println("5 {}", Counter{5}.count());
    Grid grid;
    grid[1, 2] = 8;
    println("6 {}", grid[1, 2]);
    println("7 {}", to_underlying(Level::high));
    constexpr int known = where();
    println("8 {} {}", known, where());
    println("9 {}", half(10));
    auto squares = views::iota(1, 6) | views::transform([](int n) { return n * n; }) | ranges::to<vector>();
    println("10 {}", squares.size());
    println("11 {} {}", "hello"s.contains("ell"), "hello"sv.contains('z'));
    println("12 {}", ranges::contains(squares, 16));
    println("13 {}", 3uz + squares.size());
    auto found = optional<int>(4).and_then([](int n) { return n > 3 ? optional(n * 2) : nullopt; });
    println("14 {}", found.or_else([] { return optional(0); }).value());
    for (auto part : views::split("a,b,c"sv, ',')) print("15 {} ", string_view(part));
    println();
    array<int, 6> flat{1, 2, 3, 4, 5, 6};
    mdspan table(flat.data(), 2, 3);
    println("16 {} {}", table[1, 0], table.extent(1));
    println("17 {} {:x}", ranges::fold_left(squares, 0, plus()), byteswap(uint16_t{0x1234}));
    auto fib = [](this auto self, int n) -> int { return n < 2 ? n : self(n - 1) + self(n - 2); };
    println("18 {}", fib(10));
    println("19 {}", ranges::ends_with(squares, vector{16, 25}));
    auto last = ranges::find_last(squares, 9);
    println("20 {} {}", last.size(), format("{:?}", "a\n"));
}
