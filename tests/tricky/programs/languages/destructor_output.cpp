// expect: accepted
// suite: sum2
// why: what a static object's destructor writes counts
#include <cstdio>

struct Late {
    long long total = 0;
    ~Late() { std::printf("%lld\n", total); }
} late;

int main() {
    for (long long x; std::scanf("%lld", &x) == 1;) late.total += x;
}
