// The file is named after the class below, not after this: public class Comment {}
import java.util.Scanner;

class Adder {
    public class Nested {}

    static int add(int a, int b) {
        return a + b;
    }
}

public class Solution {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in);
        System.out.println(Adder.add(in.nextInt(), in.nextInt()));
    }
}
