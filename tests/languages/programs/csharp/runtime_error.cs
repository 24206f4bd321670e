class Program {
    static void Main() {
        System.Console.WriteLine(new int[0][0]);
    }
}
