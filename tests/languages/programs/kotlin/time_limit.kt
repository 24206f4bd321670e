@Volatile
var turns = 0L

fun main() {
    while (true) turns++
}
