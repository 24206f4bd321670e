class Program {
    static void Main() {
        int sum = "42";
    }
}
