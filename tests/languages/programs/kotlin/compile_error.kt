fun main() {
    val sum: Int = "42"
}
