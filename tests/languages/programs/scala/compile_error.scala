object Main extends App {
  val sum: Int = "42"
}
