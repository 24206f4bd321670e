int main() {
    for (volatile unsigned turns = 0;; turns = turns + 1) {
    }
}
