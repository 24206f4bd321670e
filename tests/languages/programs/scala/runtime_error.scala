object Main extends App {
  println(List.empty[Int].head)
}
