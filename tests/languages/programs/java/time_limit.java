public class Main {
    static volatile long turns;

    public static void main(String[] args) {
        while (true) {
            turns++;
        }
    }
}
