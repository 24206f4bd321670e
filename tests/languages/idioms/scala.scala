import scala.annotation.tailrec
import scala.collection.mutable
import scala.io.StdIn
import scala.util.{Failure, Success, Try}

sealed trait Shape
case class Circle(r: Double) extends Shape
case class Box(w: Double, h: Double = 1) extends Shape
case object Nothing2 extends Shape

trait Named { def name: String; def hello: String = s"hi $name" }
class Person(val name: String, private var age: Int) extends Named {
  def birthday(): Int = { age += 1; age }
}
object Person { def apply(name: String): Person = new Person(name, 0) }

final class Stack[A] {
  private var items: List[A] = Nil
  def push(item: A): this.type = { items ::= item; this }
  def pop(): Option[A] = items match {
    case head :: tail => items = tail; Some(head)
    case Nil => None
  }
}

object Even { def unapply(n: Int): Option[Int] = if (n % 2 == 0) Some(n / 2) else None }

object Main {
  implicit class Shout(val text: String) extends AnyVal { def shout: String = text.toUpperCase + "!" }
  implicit val descending: Ordering[Box] = Ordering.by[Box, Double](_.w).reverse
  type Grid = Array[Array[Int]]

  def area(shape: Shape): Double = shape match {
    case Circle(r) if r > 10 => -1
    case Circle(r) => r * r
    case Box(w, h) => w * h
    case Nothing2 => 0
  }
  @tailrec def gcd(a: Int, b: Int): Int = if (b == 0) a else gcd(b, a % b)
  def twice[A](x: A)(implicit plus: Numeric[A]): A = plus.plus(x, x)
  def curried(a: Int)(b: Int): Int = a * b
  def parse(text: String): Either[String, Int] = Try(text.toInt) match {
    case Success(n) => Right(n)
    case Failure(e) => Left(e.getClass.getSimpleName)
  }
  def total(numbers: Int*): Int = numbers.sum

  def main(args: Array[String]): Unit = {
    val Array(a, b) = StdIn.readLine().trim.split(" ").map(_.toInt)
    println(s"1 ${a + b}")
    println(s"2 ${area(Circle(2))} ${area(Box(3))} ${area(Nothing2)}")
    println(s"3 ${Box(1).copy(h = 5)} ${Box(1) == Box(1, 1)}")
    val ann = Person("Ann")
    println(s"4 ${ann.hello} ${ann.birthday()}")
    println(s"5 ${gcd(12, 18)} ${twice(2.5)} ${twice(4)}")
    val stack = new Stack[String].push("a").push("b")
    println(s"6 ${stack.pop()} ${stack.pop().map(_ * 2).getOrElse("-")} ${stack.pop()}")
    println("7 " + "hello".shout)
    println("8 " + List(Box(1), Box(3), Box(2)).sorted.map(_.w).mkString(","))
    println("9 " + (for (x <- 1 to 3; y <- x to 3 if x + y == 4) yield (x, y)))
    println("10 " + "banana".groupBy(identity).mapValues(_.length).toSeq.sortBy(-_._2).head)
    println("11 " + parse("42").right.map(_ + 1) + parse("x"))
    val triple = curried(3) _
    println("12 " + List(1, 2).map(triple) + total(1, 2, 3) + total(List(4, 5): _*))
    lazy val once = { print("13 once "); 7 }
    println(once + once)
    val grid: Grid = Array.fill(2, 3)(0)
    grid(1)(2) = 7
    println("14 " + grid.map(_.sum).sum + " " + grid.transpose.length)
    println("15 " + Stream.from(1).filter(_ % 3 == 0).map(n => n * n).take(3).toList)
    println("16 " + (List(10, 7) collect { case Even(half) => half }) + (1 to 5).foldLeft(1)(_ * _))
    val queue = mutable.PriorityQueue(3, 9, 5)
    queue.enqueue(7)
    val counts = mutable.Map[String, Int]().withDefaultValue(0)
    for (word <- Seq("a", "b", "a")) counts(word) += 1
    println(s"17 ${queue.dequeue()} ${counts("a")}${counts("z")}")
    println(f"18 ${math.Pi}%.2f|${42}%5d|${"ab"}%-5s|${255}%x")
    val (small, large) = (1 to 6).partition(_ < 3)
    println(s"19 $small ${large.zipWithIndex.last} ${large.sliding(2).map(_.sum).max}")
    println("20 " + BigInt(2).pow(70) + " " + Vector(1, 2).updated(0, 9) + " " + """a\n""" + " " + Set(1, 2)(2) + " " + ('a' to 'e').mkString)
  }
}
