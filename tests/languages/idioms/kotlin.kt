import kotlin.math.*

data class Point(val x: Int, val y: Int) {
    operator fun plus(other: Point) = Point(x + other.x, y + other.y)
}

sealed interface Shape
data class Circle(val r: Double) : Shape
data class Box(val w: Double, val h: Double) : Shape
data object Nothing2 : Shape

enum class Color { RED, GREEN }

@JvmInline
value class Meters(val value: Int)

fun interface Op { fun apply(a: Int, b: Int): Int }

fun area(shape: Shape): Double = when (shape) {
    is Circle -> PI * shape.r * shape.r
    is Box -> shape.w * shape.h
    Nothing2 -> 0.0
}

fun String.shout() = uppercase() + "!"

inline fun <reified T> List<Any>.only(): List<T> = filterIsInstance<T>()

tailrec fun gcd(a: Int, b: Int): Int = if (b == 0) a else gcd(b, a % b)

fun main() {
    val (a, b) = readln().split(" ").map { it.toInt() }
    println("1 ${a + b}")
    println("2 ${Point(1, 2) + Point(3, 4)}")
    println("3 ${"%.2f".format(area(Circle(1.0)))} ${area(Box(2.0, 3.0))} ${area(Nothing2)}")
    println("4 ${listOf(1, 2, 3).sumOf { it * 2 }}")
    println("5 ${Color.entries.joinToString()}")
    println("6 ${"hey".shout()}")
    println("7 ${listOf(1, "a", 2).only<Int>()}")
    println("8 ${gcd(12, 18)}")
    for (i in 0..<2) println("9 $i")
    println("10 ${buildString { repeat(3) { append(it) } }} ${buildList { add(1); add(2) }}")
    val op = Op { x, y -> x xor y }
    println("11 ${op.apply(5, 3)}")
    println("12 ${listOf(3, 1, 2).sortedDescending()} ${listOf("a", "bb").associateWith { it.length }}")
    println("13 ${listOf(1, 2, 3, 4).groupBy { it % 2 }} ${(1..6).chunked(4)} ${(1..4).windowed(2).size}")
    val queue = ArrayDeque<Int>().apply { addLast(1); addFirst(0) }
    println("14 ${queue.removeFirst()} ${queue.removeLastOrNull()} ${queue.firstOrNull()}")
    val text: String? = null
    println("15 ${text?.length ?: -1}")
    println("16 ${runCatching { "x".toInt() }.isFailure} ${"7".toIntOrNull()}")
    println("17 ${generateSequence(1) { it * 2 }.takeWhile { it < 20 }.toList()}")
    println("18 ${listOf(4, 9).maxOrNull()} ${listOf(4, 9).minOf { it }} ${listOf(1, 2).runningFold(0) { s, x -> s + x }}")
    println("19 ${Meters(5).value} ${7.floorDiv(-2)} ${(-7).mod(3)} ${5.coerceIn(1, 3)}")
    println("20 ${listOf(1, 2, 3).zipWithNext { p, q -> q - p }} ${"a,b".split(",").let { (p, q) -> q + p }}")
}
