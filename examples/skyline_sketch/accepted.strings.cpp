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
    for (int level = *std::max_element(heights.begin(), heights.end()); level > 0; --level) {
        std::string row(width, ' ');
        for (int x = 0; x < width; ++x) {
            if (heights[x] >= level) {
                row[x] = '#';
            }
        }
        std::cout << row << '\n';
    }
    std::cout << std::string(width, '=') << '\n';
}
