#include <iostream>

int main() {
    int count;
    long long deck;
    std::cin >> count >> deck;
    int trips = 0, turned_away = 0;
    long long loaded = 0;
    for (int i = 0; i < count; ++i) {
        long long length;
        std::cin >> length;
        if (length > deck) {
            ++turned_away;
        } else if (loaded > 0 && loaded + length < deck) {
            loaded += length;
        } else {
            ++trips;
            loaded = length;
        }
    }
    std::cout << trips << ' ' << turned_away << '\n';
}
