object Main extends App {
  var blocks = List.empty[Array[Byte]]
  while (true) blocks ::= Array.fill[Byte](1 << 20)(1)
}
