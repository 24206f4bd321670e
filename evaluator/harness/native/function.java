package microcoder;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.*;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.*;
import java.util.stream.BaseStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Calls a method of the submission as call.json says and writes what it gave to result.json. No class of the submission
    is named here: it cannot stand in the place of one that is. What every call goes through keeps to classes that the
    JVM's own archive has: no channels of java.nio, no lambda or method reference, nothing that uses one (ArrayDeque's
    addAll). Each such class costs as much as ten of the archive, the first lambda 20 ms. */
@SuppressWarnings("unchecked")
public class MicrocoderCall {
    static final int MAX_NODES = 10_000_000, ELEMENTS = 32;
    /** The place of a node that is not there, since a queue takes no null. */
    static final Object NONE = new Object();
    static final Charset UTF_8 = Charset.forName("UTF-8");

    static final class NotPlain extends RuntimeException {
        NotPlain(String what) { super(what); }
    }

    static final class Missing extends RuntimeException {
        Missing(String what) { super(what); }
    }

    public static void main(String[] arguments) throws Throwable {
        Map<?, ?> call = (Map<?, ?>) new Parser(read("call.json")).value();
        StringBuilder told = new StringBuilder();
        try {
            StringBuilder value = new StringBuilder();
            if ("operations".equals(call.get("style"))) operations(call, value);
            else call(call, value);
            told.append("{\"value\":").append(value).append('}');
        } catch (Missing error) {
            told.append("{\"missing\":");
            text(told, error.getMessage());
            told.append('}');
        } catch (NotPlain error) {
            told.append("{\"not_plain\":");
            text(told, error.getMessage());
            told.append('}');
        } catch (InvocationTargetException error) {
            throw error.getCause();
        }
        try (OutputStream to = new FileOutputStream("result.json")) {
            to.write(told.toString().getBytes(UTF_8));
        }
        System.exit(0);
    }

    static String read(String name) throws Exception {
        try (InputStream from = new FileInputStream(name)) {
            return new String(from.readAllBytes(), UTF_8);
        }
    }

    static void call(Map<?, ?> call, StringBuilder to) throws Throwable {
        Object arguments = call.get("arguments");
        List<?> given = arguments instanceof Map<?, ?> members ? new ArrayList<>(members.values()) : (List<?>) arguments;
        Class<?> owner = owner((String) call.get("name"));
        Method method = meant(methods(owner, (String) call.get("name"), given.size()), given);
        Object[] built = build(given, types(method));
        Object returned = method.invoke(Modifier.isStatic(method.getModifiers()) ? null : make(owner, List.of()), built);
        Object answer = call.get("answer");
        if (answer == null) write(to, returned, isNode(method.getReturnType()));
        else write(to, built[number(answer)], isNode(method.getParameterTypes()[number(answer)]));
    }

    static void operations(Map<?, ?> call, StringBuilder to) throws Throwable {
        List<?> both = (List<?>) call.get("arguments");
        List<?> names = (List<?>) both.get(0), given = (List<?>) both.get(1);
        Class<?> owner = named((String) call.get("name"));
        if (owner == null) throw new Missing((String) call.get("name"));
        Object object = make(owner, (List<?>) given.get(0));
        Map<List<Object>, List<Method>> known = new HashMap<>();
        to.append("[null");
        for (int at = 1; at < names.size(); at++) {
            List<?> values = (List<?>) given.get(at);
            String name = (String) names.get(at);
            Method method = meant(known.computeIfAbsent(List.of(name, values.size()), key -> methods(owner, name, values.size())), values);
            Object returned = method.invoke(object, build(values, types(method)));
            // The object itself, for calls in a chain: no value of it is meant.
            write(to.append(','), returned == object ? null : returned, isNode(method.getReturnType()));
        }
        to.append(']');
    }

    static int number(Object json) { return Integer.parseInt(json.toString()); }

    /** The submission's class of that name, wherever in it. */
    static Class<?> named(String name) throws Exception {
        try {
            return Class.forName(name, false, MicrocoderCall.class.getClassLoader());
        } catch (ClassNotFoundException error) {
            for (Class<?> other : classes()) if (other.getSimpleName().equals(name)) return other;
            return null;
        }
    }

    /** The class whose method is called: Solution, else the first that has such a method. */
    static Class<?> owner(String name) throws Exception {
        Class<?> solution = named("Solution");
        if (solution != null) return solution;
        for (Class<?> other : classes()) if (has(other, name)) return other;
        throw new Missing(name);
    }

    static boolean has(Class<?> owner, String name) {
        for (Method method : owner.getDeclaredMethods()) if (method.getName().equals(name)) return true;
        return false;
    }

    static List<Class<?>> classes() throws Exception {
        List<Class<?>> found = new ArrayList<>();
        try (ZipFile archive = new ZipFile(System.getProperty("java.class.path"))) {
            for (ZipEntry entry : Collections.list(archive.entries())) {
                String name = entry.getName();
                if (!name.endsWith(".class") || name.startsWith("microcoder/")) continue;
                name = name.substring(0, name.length() - ".class".length()).replace('/', '.');
                found.add(Class.forName(name, false, MicrocoderCall.class.getClassLoader()));
            }
        }
        return found;
    }

    /** A class's methods of that name and so many parameters: its own, then those that it inherits. */
    static List<Method> methods(Class<?> owner, String name, int parameters) {
        List<Method> found = new ArrayList<>();
        Set<List<Class<?>>> known = new HashSet<>();
        List<Class<?>> waiting = new ArrayList<>(List.of(owner));
        for (int next = 0; next < waiting.size(); next++) {
            Class<?> at = waiting.get(next);
            for (Method method : at.getDeclaredMethods()) {
                boolean fits = method.getName().equals(name) && method.getParameterCount() == parameters;
                if (!fits || method.isBridge() || Modifier.isAbstract(method.getModifiers())) continue;
                if (known.add(List.of(method.getParameterTypes()))) found.add(method);
            }
            if (at.getSuperclass() != null && at.getSuperclass() != Object.class) waiting.add(at.getSuperclass());
            waiting.addAll(Arrays.asList(at.getInterfaces()));
        }
        if (found.isEmpty()) throw new Missing(owner.getSimpleName() + "." + name);
        return found;
    }

    /** Of overloads that which takes these values: a public one before others, then that whose types fit best. */
    static <E extends Executable> E meant(List<E> overloads, List<?> given) {
        E best = overloads.get(0);
        int least = Integer.MAX_VALUE;
        for (E overload : overloads.size() == 1 ? List.<E>of() : overloads) {
            int cost = cost(given, types(overload));
            if (cost < 0) continue;
            cost += 1000 * (Modifier.isPublic(overload.getModifiers()) ? 0 : Modifier.isPrivate(overload.getModifiers()) ? 2 : 1);
            if (cost < least) {
                best = overload;
                least = cost;
            }
        }
        if (!Modifier.isPublic(best.getModifiers()) || !Modifier.isPublic(best.getDeclaringClass().getModifiers())) best.setAccessible(true);
        return best;
    }

    /** The types of parameters, those of a class's enclosing object included. */
    static Type[] types(Executable executable) {
        Type[] generic = executable.getGenericParameterTypes();
        Type[] all = Arrays.copyOf(executable.getParameterTypes(), executable.getParameterCount(), Type[].class);
        System.arraycopy(generic, 0, all, all.length - generic.length, generic.length);
        return all;
    }

    static Object make(Class<?> owner, List<?> given) throws Throwable {
        List<Object> all = new ArrayList<>(given);
        if (owner.isMemberClass() && !Modifier.isStatic(owner.getModifiers())) all.add(0, make(owner.getEnclosingClass(), List.of()));
        List<Constructor<?>> fitting = new ArrayList<>();
        for (Constructor<?> constructor : owner.getDeclaredConstructors()) if (constructor.getParameterCount() == all.size()) fitting.add(constructor);
        if (fitting.isEmpty()) throw new Missing("constructor of " + owner.getName());
        Constructor<?> constructor = meant(fitting, all);
        return constructor.newInstance(build(all, types(constructor)));
    }

    static int cost(List<?> given, Type[] kinds) {
        int sum = 0;
        for (int at = 0; at < kinds.length; at++) {
            int cost = cost(given.get(at), kinds[at]);
            if (cost < 0) return -1;
            sum += cost;
        }
        return sum;
    }

    /** How far a type is from what a value is by itself; -1 if it cannot hold it. */
    static int cost(Object json, Type kind) {
        Class<?> raw = raw(kind);
        if (json == null) return raw.isPrimitive() ? -1 : 0;
        if (json instanceof Boolean) return raw == boolean.class || raw == Boolean.class ? 0 : raw == Object.class ? 9 : -1;
        if (json instanceof Digits digits) {
            List<Class<?>> order = digits.natural() instanceof Integer
                ? List.of(int.class, Integer.class, long.class, Long.class, short.class, byte.class, BigInteger.class, double.class, Double.class, float.class)
                : digits.natural() instanceof Double
                ? List.of(double.class, Double.class, float.class, Float.class, BigDecimal.class)
                : List.of(long.class, Long.class, BigInteger.class, double.class, Double.class);
            int at = order.indexOf(raw);
            return at >= 0 ? at : raw.isAssignableFrom(Integer.class) ? 12 : -1;
        }
        if (json instanceof String text) {
            if (raw == String.class) return 0;
            return raw == char.class || raw == Character.class ? (text.length() == 1 ? 1 : -1) : raw.isAssignableFrom(String.class) ? 9 : -1;
        }
        if (json instanceof Map) return Map.class.isAssignableFrom(raw) ? 0 : raw == Object.class ? 9 : -1;
        if (!(json instanceof List<?> elements)) return raw.isInstance(json) ? 0 : -1;
        if (isNode(raw)) return 1;
        if (raw == Object.class) return 9;
        if (!raw.isArray() && !Iterable.class.isAssignableFrom(raw) && raw != Iterator.class) return -1;
        int worst = 0;
        for (Object element : elements.subList(0, Math.min(elements.size(), ELEMENTS))) {
            int cost = cost(element, element(kind));
            if (cost < 0) return -1;
            worst = Math.max(worst, cost);
        }
        return worst;
    }

    static Class<?> raw(Type kind) {
        if (kind instanceof Class<?> of) return of;
        if (kind instanceof ParameterizedType generic) return raw(generic.getRawType());
        if (kind instanceof GenericArrayType array) return Array.newInstance(raw(array.getGenericComponentType()), 0).getClass();
        if (kind instanceof WildcardType wildcard) return raw(wildcard.getUpperBounds()[0]);
        return raw(((TypeVariable<?>) kind).getBounds()[0]);
    }

    /** The type of an array's elements, or a collection's. */
    static Type element(Type kind) {
        if (kind instanceof GenericArrayType array) return array.getGenericComponentType();
        return raw(kind).isArray() ? raw(kind).getComponentType() : parameter(kind, 0);
    }

    static Type parameter(Type kind, int number) {
        if (kind instanceof WildcardType wildcard) return parameter(wildcard.getUpperBounds()[0], number);
        return kind instanceof ParameterizedType generic ? generic.getActualTypeArguments()[number] : Object.class;
    }

    static Object[] build(List<?> given, Type[] kinds) throws Throwable {
        Object[] built = new Object[kinds.length];
        for (int at = 0; at < kinds.length; at++) built[at] = build(given.get(at), kinds[at]);
        return built;
    }

    static Object build(Object json, Type kind) throws Throwable {
        Class<?> raw = raw(kind);
        switch (link(raw)) {
            case "next": return list((List<?>) json, raw);
            case "left": return tree((List<?>) json, raw);
            case "random": return random((List<?>) json, raw);
            case "children": return nary((List<?>) json, raw);
            case "neighbors": return graph((List<?>) json, raw);
        }
        if (json instanceof Digits digits) return number(digits, raw);
        if (json instanceof String text) return raw == char.class || raw == Character.class ? (Object) text.charAt(0) : raw == StringBuilder.class ? new StringBuilder(text) : text;
        if (json instanceof Map<?, ?> members) {
            Map<Object, Object> made = empty(raw, Map.class, HashMap.class, TreeMap.class);
            Type key = parameter(kind, 0), value = parameter(kind, 1);
            for (Map.Entry<?, ?> member : members.entrySet()) made.put(build(key(member.getKey(), key), key), build(member.getValue(), value));
            return made;
        }
        if (!(json instanceof List<?> elements)) return json;
        if (raw.isArray()) {
            Object made = Array.newInstance(raw.getComponentType(), elements.size());
            for (int at = 0; at < elements.size(); at++) Array.set(made, at, build(elements.get(at), element(kind)));
            return made;
        }
        if (raw == Iterator.class) return many(elements, element(kind), new ArrayList<>()).iterator();
        return many(elements, element(kind), empty(raw, Collection.class, ArrayList.class, HashSet.class, TreeSet.class, ArrayDeque.class));
    }

    static Collection<Object> many(List<?> elements, Type kind, Collection<Object> into) throws Throwable {
        for (Object element : elements) into.add(build(element, kind));
        return into;
    }

    /** An empty collection: of that very class, or of the first that can stand for it. */
    static <T> T empty(Class<?> raw, Class<?> of, Class<?>... usual) throws Throwable {
        if (of.isAssignableFrom(raw) && !Modifier.isAbstract(raw.getModifiers())) return (T) raw.getDeclaredConstructor().newInstance();
        for (Class<?> one : usual) if (raw.isAssignableFrom(one)) return (T) one.getDeclaredConstructor().newInstance();
        throw new Missing("way to make a " + raw.getName());
    }

    static Object number(Digits digits, Class<?> raw) {
        String text = digits.text();
        if (raw == int.class || raw == Integer.class) return Integer.parseInt(text);
        if (raw == long.class || raw == Long.class) return Long.parseLong(text);
        if (raw == double.class || raw == Double.class) return Double.parseDouble(text);
        if (raw == float.class || raw == Float.class) return Float.parseFloat(text);
        if (raw == short.class || raw == Short.class) return Short.parseShort(text);
        if (raw == byte.class || raw == Byte.class) return Byte.parseByte(text);
        if (raw == boolean.class || raw == Boolean.class) return Double.parseDouble(text) != 0;
        if (raw == char.class || raw == Character.class) return text.charAt(0);
        if (raw == BigInteger.class) return new BigInteger(text);
        if (raw == BigDecimal.class) return new BigDecimal(text);
        return raw == String.class ? text : digits.natural();
    }

    static Object key(Object text, Type kind) {
        Class<?> raw = raw(kind);
        return raw.isInstance(text) || raw == char.class || raw == Character.class ? text : new Digits(text.toString());
    }

    /** What a node is told by: ListNode's next, TreeNode's left, and of the three kinds of Node the field that only it has. */
    static String link(Class<?> kind) {
        switch (kind.getSimpleName()) {
            case "ListNode": return "next";
            case "TreeNode": return "left";
            case "Node":
                for (Field field : kind.getDeclaredFields()) {
                    if (List.of("random", "children", "neighbors").contains(field.getName())) return field.getName();
                }
        }
        return "";
    }

    static boolean isNode(Class<?> kind) { return !link(kind).isEmpty(); }

    static Object node(Class<?> kind, Object value) throws Throwable {
        for (Constructor<?> constructor : kind.getDeclaredConstructors()) {
            constructor.setAccessible(true);
            if (constructor.getParameterCount() == 1) return constructor.newInstance(build(value, constructor.getGenericParameterTypes()[0]));
        }
        Constructor<?> plain = kind.getDeclaredConstructor();
        plain.setAccessible(true);
        Object made = plain.newInstance();
        field(made, "val").set(made, build(value, field(made, "val").getGenericType()));
        return made;
    }

    static Field field(Object of, String name) throws Throwable {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    static Object list(List<?> given, Class<?> kind) throws Throwable {
        Object head = null;
        for (int at = given == null ? -1 : given.size() - 1; at >= 0; at--) {
            Object made = node(kind, given.get(at));
            field(made, "next").set(made, head);
            head = made;
        }
        return head;
    }

    static Object tree(List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty() || given.get(0) == null) return null;
        Object root = node(kind, given.get(0));
        ArrayDeque<Object> waiting = new ArrayDeque<>(List.of(root));
        for (int at = 1; at < given.size();) {
            Object parent = waiting.poll();
            for (String side : new String[] {"left", "right"}) {
                Object value = at < given.size() ? given.get(at) : null;
                at++;
                if (value == null) continue;
                Object child = node(kind, value);
                field(parent, side).set(parent, child);
                waiting.add(child);
            }
        }
        return root;
    }

    static Object random(List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty()) return null;
        List<Object> made = new ArrayList<>();
        for (Object pair : given) made.add(node(kind, ((List<?>) pair).get(0)));
        for (int at = 0; at < made.size(); at++) {
            Object target = ((List<?>) given.get(at)).get(1);
            field(made.get(at), "next").set(made.get(at), at + 1 < made.size() ? made.get(at + 1) : null);
            field(made.get(at), "random").set(made.get(at), target == null ? null : made.get(number(target)));
        }
        return made.get(0);
    }

    static Object nary(List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty()) return null;
        Object root = node(kind, given.get(0));
        List<Object> children = linked(root, "children");
        ArrayDeque<List<Object>> waiting = new ArrayDeque<>(List.of(children));
        for (Object value : given.subList(1, given.size())) {
            if (value == null) {
                children = waiting.remove();
                continue;
            }
            Object child = node(kind, value);
            children.add(child);
            waiting.add(linked(child, "children"));
        }
        return root;
    }

    static Object graph(List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty()) return null;
        List<Object> made = new ArrayList<>();
        while (made.size() < given.size()) made.add(node(kind, new Digits("" + (made.size() + 1))));
        for (int at = 0; at < made.size(); at++) {
            List<Object> neighbors = linked(made.get(at), "neighbors");
            for (Object number : (List<?>) given.get(at)) neighbors.add(made.get(number(number) - 1));
        }
        return made.get(0);
    }

    /** A node's links, empty. */
    static List<Object> linked(Object node, String name) throws Throwable {
        List<Object> links = new ArrayList<>();
        field(node, name).set(node, links);
        return links;
    }

    static void write(StringBuilder to, Object value, boolean node) throws Throwable {
        if (value == null) to.append(node ? "[]" : "null");
        else if (value instanceof Boolean) to.append(value);
        else if (value instanceof Number number) write(to, number);
        else if (value instanceof CharSequence || value instanceof Character) text(to, value.toString());
        else if (value.getClass().isArray()) {
            List<Object> elements = new ArrayList<>();
            for (int at = 0, size = Array.getLength(value); at < size; at++) elements.add(Array.get(value, at));
            all(to, elements, isNode(value.getClass().getComponentType()));
        } else if (value instanceof Map<?, ?> members) {
            all(to.append("{\"type\":\"dict\",\"value\":"), members.entrySet(), false);
            to.append('}');
        } else if (value instanceof Map.Entry<?, ?> member) all(to, Arrays.asList(member.getKey(), member.getValue()), false);
        else if (value instanceof Set<?> elements) {
            all(to.append("{\"type\":\"set\",\"value\":"), elements, false);
            to.append('}');
        } else if (value instanceof Iterable<?> elements) all(to, elements, false);
        else if (value instanceof Iterator<?> elements) all(to, () -> (Iterator<Object>) elements, false);
        else if (value instanceof BaseStream<?, ?> stream) write(to, stream.iterator(), false);
        else if (isNode(value.getClass())) nodes(to, value);
        else throw new NotPlain(value.getClass().getName());
    }

    static void all(StringBuilder to, Iterable<?> elements, boolean nodes) throws Throwable {
        String between = "[";
        for (Object element : elements) {
            write(to.append(between), element, nodes);
            between = ",";
        }
        to.append(between.equals("[") ? "[]" : "]");
    }

    static void write(StringBuilder to, Number number) {
        if (number instanceof Integer || number instanceof Long || number instanceof Short || number instanceof Byte) to.append(number);
        else if (number instanceof Double || number instanceof Float) {
            if (!Double.isFinite(number.doubleValue())) throw new NotPlain("number that is not finite");
            to.append(Double.parseDouble(number.toString()));
        } else if (number instanceof BigInteger integer) {
            to.append("{\"type\":\"int\",\"value\":\"").append(integer.signum() < 0 ? "-0x" : "0x").append(integer.abs().toString(16)).append("\"}");
        } else throw new NotPlain(number.getClass().getName());
    }

    static void nodes(StringBuilder to, Object start) throws Throwable {
        switch (link(start.getClass())) {
            case "random" -> writeRandom(to, start);
            case "neighbors" -> writeGraph(to, start);
            default -> writeValues(to, start);
        }
    }

    static void writeRandom(StringBuilder to, Object head) throws Throwable {
        Map<Object, Integer> numbers = new IdentityHashMap<>();
        List<Object> found = new ArrayList<>();
        for (Object node = head; node != null && !numbers.containsKey(node); node = field(node, "next").get(node)) {
            numbers.put(node, found.size());
            found.add(node);
        }
        for (int at = 0; at < found.size(); at++) {
            Object target = field(found.get(at), "random").get(found.get(at));
            write(to.append(at == 0 ? "[[" : ",["), field(found.get(at), "val").get(found.get(at)), false);
            to.append(',').append(target == null ? "null" : numbers.getOrDefault(target, -1)).append(']');
        }
        to.append(']');
    }

    static void writeGraph(StringBuilder to, Object start) throws Throwable {
        Map<Object, Object> found = new TreeMap<>();
        ArrayDeque<Object> waiting = new ArrayDeque<>(List.of(start));
        while (!waiting.isEmpty()) {
            Object node = waiting.pop();
            if (found.putIfAbsent(field(node, "val").get(node), node) != null) continue;
            for (Object neighbor : links(node, "neighbors")) waiting.push(neighbor);
        }
        String between = "[[";
        for (Object node : found.values()) {
            to.append(between);
            String comma = "";
            for (Object neighbor : links(node, "neighbors")) {
                write(to.append(comma), field(neighbor, "val").get(neighbor), false);
                comma = ",";
            }
            between = "],[";
        }
        to.append("]]");
    }

    static Collection<?> links(Object node, String name) throws Throwable {
        Object links = field(node, name).get(node);
        return links == null ? List.of() : (Collection<?>) links;
    }

    /** A list's or a tree's, level by level. */
    static void writeValues(StringBuilder to, Object start) throws Throwable {
        boolean nary = link(start.getClass()).equals("children"), gaps = nary || link(start.getClass()).equals("left");
        Deque<Object> waiting = new LinkedList<>(Collections.singletonList(start));
        if (nary) waiting.add(NONE);
        Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
        String between = "[";
        for (int nulls = 0, seen = 0; !waiting.isEmpty(); seen++) {
            Object node = waiting.poll();
            if (seen > MAX_NODES || !gaps && !known.add(node)) throw new NotPlain("structure with a cycle");
            if (node == NONE) {
                nulls++;
                continue;
            }
            for (; nulls > 0; nulls--, between = ",") to.append(between).append("null");
            write(to.append(between), field(node, "val").get(node), false);
            between = ",";
            if (nary) for (Object child : links(node, "children")) waiting.add(child);
            if (nary) waiting.add(NONE);
            else for (String link : gaps ? new String[] {"left", "right"} : new String[] {"next"}) {
                Object other = field(node, link).get(node);
                if (other != null || gaps) waiting.add(other == null ? NONE : other);
            }
        }
        to.append(']');
    }

    static void text(StringBuilder to, String text) {
        to.append('"');
        for (char letter : text.toCharArray()) {
            if (letter == '"' || letter == '\\') to.append('\\').append(letter);
            else if (letter < 0x20 || Character.isSurrogate(letter)) to.append(String.format("\\u%04x", (int) letter));
            else to.append(letter);
        }
        to.append('"');
    }

    /** A number as it is written. */
    record Digits(String text) {
        /** As the number that it is by itself. */
        Object natural() {
            if (!text.matches("-?\\d+")) return Double.valueOf(text);
            BigInteger number = new BigInteger(text);
            return number.bitLength() < 32 ? (Object) number.intValue() : number.bitLength() < 64 ? (Object) number.longValue() : number;
        }

        @Override
        public String toString() { return text; }
    }

    static final class Parser {
        private final String text;
        private int at = 0;

        Parser(String text) { this.text = text; }

        Object value() {
            blanks();
            Object value;
            switch (text.charAt(at)) {
                case '"' -> value = string();
                case '[' -> {
                    ArrayList<Object> items = new ArrayList<>();
                    for (at++, blanks(); text.charAt(at) != ']'; comma()) items.add(value());
                    at++;
                    value = items;
                }
                case '{' -> {
                    LinkedHashMap<String, Object> members = new LinkedHashMap<>();
                    for (at++, blanks(); text.charAt(at) != '}'; comma()) {
                        String key = string();
                        blanks();
                        at++;
                        members.put(key, value());
                    }
                    at++;
                    value = members;
                }
                default -> {
                    int from = at;
                    while (at < text.length() && ",]} \n\t\r".indexOf(text.charAt(at)) < 0) at++;
                    String word = text.substring(from, at);
                    value = word.equals("null") ? null : word.equals("true") || word.equals("false") ? (Object) Boolean.valueOf(word) : new Digits(word);
                }
            }
            blanks();
            return value;
        }

        private void comma() {
            if (text.charAt(at) == ',') at++;
            blanks();
        }

        private void blanks() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) at++;
        }

        private String string() {
            StringBuilder made = new StringBuilder();
            for (at++; text.charAt(at) != '"'; at++) {
                if (text.charAt(at) != '\\') {
                    made.append(text.charAt(at));
                    continue;
                }
                char code = text.charAt(++at);
                if (code == 'u') {
                    made.append((char) Integer.parseInt(text.substring(at + 1, at + 5), 16));
                    at += 4;
                } else {
                    int known = "ntrbf".indexOf(code);
                    made.append(known < 0 ? code : "\n\t\r\b\f".charAt(known));
                }
            }
            at++;
            return made.toString();
        }
    }
}
