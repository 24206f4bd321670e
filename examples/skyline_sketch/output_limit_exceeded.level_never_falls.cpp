#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

int main() {
    int width;
    std::cin >> width;
    std::vector<int> heights(width);
    for (int& height : heights) {
        std::cin >> height;
    }
    int level = *std::max_element(heights.begin(), heights.end());
    while (level > 0) {
        std::string row;
        for (int height : heights) {
            row += height >= level ? '#' : ' ';
        }
        std::cout << row << '\n';
    }
    std::cout << std::string(width, '=') << '\n';
}
