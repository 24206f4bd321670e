import java.io.*;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.*;
import java.util.stream.*;

public class Main {
    record Point(int x, int y) implements Comparable<Point> {
        Point { if (x < 0) throw new IllegalArgumentException("negative"); }
        static Point origin() { return new Point(0, 0); }
        double length() { return Math.hypot(x, y); }
        @Override public int compareTo(Point other) { return Integer.compare(x, other.x); }
    }
    sealed interface Shape permits Circle, Box {}
    record Circle(double r) implements Shape {}
    record Box(double w, double h) implements Shape {}
    enum Op implements IntBinaryOperator {
        ADD("+") { public int applyAsInt(int a, int b) { return a + b; } },
        MUL("*") { public int applyAsInt(int a, int b) { return a * b; } };
        final String sign;
        Op(String sign) { this.sign = sign; }
    }
    interface Greeter { String name(); default String greet() { return "hi " + name(); } }
    static <T extends Comparable<? super T>> T largest(Collection<? extends T> items) {
        return items.stream().max(Comparator.naturalOrder()).orElseThrow();
    }
    static double area(Shape shape) {
        if (shape instanceof Circle c) return Math.PI * c.r() * c.r();
        if (shape instanceof Box b && b.w() > 0) return b.w() * b.h();
        return 0;
    }
    static int sum(int... numbers) { return IntStream.of(numbers).sum(); }

    public static void main(String[] args) throws Exception {
        var in = new BufferedReader(new InputStreamReader(System.in));
        var tokens = new StringTokenizer(in.readLine());
        System.out.println("1 " + (Integer.parseInt(tokens.nextToken()) + Integer.parseInt(tokens.nextToken())));
        System.out.println("2 " + new Point(3, 4) + " " + new Point(3, 4).length() + " " + Point.origin().equals(new Point(0, 0)));
        System.out.printf("3 %.2f %.1f%n", area(new Circle(1)), area(new Box(2, 3)));
        for (var op : Op.values()) System.out.println("4 " + op + op.sign + op.applyAsInt(3, 4));
        System.out.println("5 " + ((Greeter) () -> "you").greet());
        System.out.println("6 " + largest(List.of(3, 9, 2)) + " " + sum(1, 2, 3) + " " + sum());
        String day = "SAT";
        int hours = switch (day) { case "SAT", "SUN" -> 0; default -> { int h = 8; yield h; } };
        System.out.println("7 " + hours);
        String text = """
            two
              lines""";
        System.out.println("8 " + text.lines().count() + " " + text.strip().length() + " " + "ab".repeat(2) + " " + " ".isBlank());
        System.out.println("9 " + Stream.of("b", "a", "cc").collect(Collectors.groupingBy(String::length, TreeMap::new, Collectors.counting())));
        System.out.println("10 " + IntStream.rangeClosed(1, 5).boxed().sorted(Comparator.reverseOrder()).map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
        Map<String, Integer> counts = new TreeMap<>();
        for (String word : "a b a".split(" ")) counts.merge(word, 1, Integer::sum);
        System.out.println("11 " + counts + " " + counts.getOrDefault("z", 0));
        var heap = new PriorityQueue<int[]>((p, q) -> p[1] != q[1] ? Integer.compare(p[1], q[1]) : q[0] - p[0]);
        heap.add(new int[]{1, 5}); heap.add(new int[]{2, 3});
        System.out.println("12 " + heap.poll()[0]);
        Deque<Integer> deque = new ArrayDeque<>(List.of(1, 2)); deque.addFirst(0);
        System.out.println("13 " + deque + " " + deque.pollLast());
        Function<Integer, Function<Integer, Integer>> add = x -> y -> x + y;
        System.out.println("14 " + add.apply(2).apply(3) + " " + Optional.of(4).map(x -> x * 2).filter(x -> x > 5).orElse(-1));
        try (var scanner = new Scanner("5 6")) { System.out.println("15 " + (scanner.nextInt() + scanner.nextInt())); }
        try { new Point(-1, 0); } catch (IllegalArgumentException | NullPointerException e) { System.out.println("16 " + e.getMessage()); }
        var pool = Executors.newFixedThreadPool(2); var total = new AtomicInteger();
        var futures = new ArrayList<Future<Integer>>();
        for (int i = 0; i < 4; i++) { final int n = i; futures.add(pool.submit(() -> total.addAndGet(n))); }
        for (var future : futures) future.get();
        pool.shutdown();
        System.out.println("17 " + total + " " + CompletableFuture.supplyAsync(() -> 3).thenApply(x -> x * 2).join());
        int[][] grid = new int[2][3]; grid[1][2] = 7;
        outer: for (int[] row : grid) for (int cell : row) if (cell == 7) { System.out.println("18 " + Arrays.deepToString(grid)); break outer; }
        var builder = new StringBuilder("abc").reverse().insert(0, 'x'); builder.setCharAt(1, 'C');
        System.out.println("19 " + builder + " " + "abc".chars().filter(c -> c > 'a').mapToObj(c -> (char) c).toList());
        System.out.println("20 " + Long.bitCount(255L) + " " + Math.floorMod(-7, 3) + " " + Integer.toBinaryString(5) + " " + (0x7fff_ffff + 1));
    }
}
