#include <string>

int main() {
    int sum = std::string("42");
}
