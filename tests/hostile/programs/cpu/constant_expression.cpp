// verdict: compile_error
// A template that has no end: the compiler must be the one that gives up.
template <int N> struct Down { static constexpr int value = Down<N + 1>::value + 1; };
int main() { return Down<0>::value; }
