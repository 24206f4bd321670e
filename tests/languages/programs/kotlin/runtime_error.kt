fun main() {
    println(emptyList<Int>()[0])
}
