// expect: runtime_error
// suite: sum2
// why: right output, exit code 1
#include <iostream>

int main() {
    long long a, b;
    std::cin >> a >> b;
    std::cout << a + b << std::endl;
    return 1;
}
