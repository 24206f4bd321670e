object Main {
  @volatile var turns = 0L
  def main(args: Array[String]): Unit = while (true) turns += 1
}
