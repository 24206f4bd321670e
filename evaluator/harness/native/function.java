
/** Behind the submission: calls a method as call.json says and writes what it gave to result.json. */
public class MicrocoderCall {
    static final class NotPlain extends RuntimeException {
        NotPlain(String what) { super(what); }
    }

    static final class Missing extends RuntimeException {
        Missing(String what) { super(what); }
    }

    public static void main(String[] arguments) throws Throwable {
        java.nio.file.Path to = java.nio.file.Path.of("result.json").toAbsolutePath();
        java.util.Map<?, ?> call = (java.util.Map<?, ?>) new Parser(java.nio.file.Files.readString(java.nio.file.Path.of("call.json"))).value();
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
        } catch (java.lang.reflect.InvocationTargetException error) {
            throw error.getCause();
        }
        java.nio.file.Files.writeString(to, told);
        System.exit(0);
    }

    static void call(java.util.Map<?, ?> call, StringBuilder to) throws Throwable {
        Class<?> owner = named("Solution");
        String name = (String) call.get("name");
        java.util.List<?> given = (java.util.List<?>) call.get("arguments");
        java.lang.reflect.Method method = method(owner, name, given.size());
        Object[] built = build(given, method.getGenericParameterTypes());
        Object object = java.lang.reflect.Modifier.isStatic(method.getModifiers()) ? null : make(owner, java.util.List.of());
        Object returned = method.invoke(object, built);
        Object answer = call.get("answer");
        boolean node = answer == null ? isNode(method.getReturnType()) : isNode(method.getParameterTypes()[number(answer)]);
        write(to, answer == null ? returned : built[number(answer)], node);
    }

    static void operations(java.util.Map<?, ?> call, StringBuilder to) throws Throwable {
        Class<?> owner = named((String) call.get("name"));
        java.util.List<?> both = (java.util.List<?>) call.get("arguments");
        java.util.List<?> names = (java.util.List<?>) both.get(0), given = (java.util.List<?>) both.get(1);
        Object object = make(owner, (java.util.List<?>) given.get(0));
        to.append("[null");
        for (int at = 1; at < names.size(); at++) {
            java.util.List<?> arguments = (java.util.List<?>) given.get(at);
            java.lang.reflect.Method method = method(owner, (String) names.get(at), arguments.size());
            Object returned = method.invoke(object, build(arguments, method.getGenericParameterTypes()));
            write(to.append(','), returned, isNode(method.getReturnType()));
        }
        to.append(']');
    }

    static int number(Object json) { return Integer.parseInt(json.toString()); }

    /** What a node is told by: ListNode's next, TreeNode's left, and of the three kinds of Node the field that only it has. */
    static String link(Class<?> kind) {
        switch (kind.getSimpleName()) {
            case "ListNode": return "next";
            case "TreeNode": return "left";
            case "Node":
                for (java.lang.reflect.Field field : kind.getDeclaredFields()) {
                    if (java.util.List.of("random", "children", "neighbors").contains(field.getName())) return field.getName();
                }
        }
        return "";
    }

    static boolean isNode(Class<?> kind) { return !link(kind).isEmpty(); }

    static Class<?> named(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException error) {
            throw new Missing(name);
        }
    }

    static java.lang.reflect.Method method(Class<?> owner, String name, int parameters) {
        for (java.lang.reflect.Method method : owner.getDeclaredMethods()) {
            if (method.getName().equals(name) && method.getParameterCount() == parameters && !method.isBridge()) {
                method.setAccessible(true);
                return method;
            }
        }
        throw new Missing(owner.getName() + "." + name);
    }

    static Object make(Class<?> owner, java.util.List<?> given) throws Throwable {
        for (java.lang.reflect.Constructor<?> constructor : owner.getDeclaredConstructors()) {
            if (constructor.getParameterCount() == given.size()) {
                constructor.setAccessible(true);
                return constructor.newInstance(build(given, constructor.getGenericParameterTypes()));
            }
        }
        throw new Missing("constructor of " + owner.getName());
    }

    static Object[] build(java.util.List<?> given, java.lang.reflect.Type[] kinds) throws Throwable {
        Object[] built = new Object[kinds.length];
        for (int at = 0; at < kinds.length; at++) built[at] = build(given.get(at), kinds[at]);
        return built;
    }

    static Object build(Object json, java.lang.reflect.Type kind) throws Throwable {
        if (kind instanceof java.lang.reflect.ParameterizedType generic) {
            Class<?> raw = (Class<?>) generic.getRawType();
            java.lang.reflect.Type[] of = generic.getActualTypeArguments();
            if (json instanceof java.util.Map<?, ?> members) {
                java.util.Map<Object, Object> made = new java.util.HashMap<>();
                for (java.util.Map.Entry<?, ?> member : members.entrySet()) {
                    made.put(build(key(member.getKey(), of[0]), of[0]), build(member.getValue(), of[1]));
                }
                return made;
            }
            java.util.Collection<Object> made = java.util.Set.class.isAssignableFrom(raw) ? new java.util.HashSet<>()
                : raw == java.util.Deque.class || raw == java.util.Queue.class ? new java.util.ArrayDeque<>() : new java.util.ArrayList<>();
            for (Object element : (java.util.List<?>) json) made.add(build(element, of[0]));
            return made;
        }
        Class<?> raw = (Class<?>) (kind instanceof Class<?> ? kind : Object.class);
        if (raw.isArray()) {
            java.util.List<?> elements = (java.util.List<?>) json;
            Object made = java.lang.reflect.Array.newInstance(raw.getComponentType(), elements.size());
            for (int at = 0; at < elements.size(); at++) {
                java.lang.reflect.Array.set(made, at, build(elements.get(at), raw.getComponentType()));
            }
            return made;
        }
        switch (link(raw)) {
            case "next": return list((java.util.List<?>) json, raw);
            case "left": return tree((java.util.List<?>) json, raw);
            case "random": return random((java.util.List<?>) json, raw);
            case "children": return nary((java.util.List<?>) json, raw);
            case "neighbors": return graph((java.util.List<?>) json, raw);
        }
        if (json == null) return null;
        String text = json.toString();
        if (raw == int.class || raw == Integer.class) return Integer.parseInt(text);
        if (raw == long.class || raw == Long.class) return Long.parseLong(text);
        if (raw == double.class || raw == Double.class) return Double.parseDouble(text);
        if (raw == float.class || raw == Float.class) return Float.parseFloat(text);
        if (raw == short.class || raw == Short.class) return Short.parseShort(text);
        if (raw == byte.class || raw == Byte.class) return Byte.parseByte(text);
        if (raw == char.class || raw == Character.class) return text.charAt(0);
        if (raw == java.math.BigInteger.class) return new java.math.BigInteger(text);
        if (json instanceof Digits && raw == Object.class) return text.matches("-?\\d+") ? (Object) Long.valueOf(text) : (Object) Double.valueOf(text);
        return json;
    }

    static Object key(Object text, java.lang.reflect.Type kind) { return kind == String.class ? text : new Digits(text.toString()); }

    static Object node(Class<?> kind, Object value) throws Throwable {
        for (java.lang.reflect.Constructor<?> constructor : kind.getDeclaredConstructors()) {
            constructor.setAccessible(true);
            if (constructor.getParameterCount() == 1) return constructor.newInstance(build(value, constructor.getGenericParameterTypes()[0]));
        }
        java.lang.reflect.Constructor<?> plain = kind.getDeclaredConstructor();
        plain.setAccessible(true);
        Object made = plain.newInstance();
        field(made, "val").set(made, build(value, field(made, "val").getGenericType()));
        return made;
    }

    static java.lang.reflect.Field field(Object of, String name) throws Throwable {
        java.lang.reflect.Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }

    static Object list(java.util.List<?> given, Class<?> kind) throws Throwable {
        Object head = null;
        for (int at = given == null ? -1 : given.size() - 1; at >= 0; at--) {
            Object made = node(kind, given.get(at));
            field(made, "next").set(made, head);
            head = made;
        }
        return head;
    }

    static Object tree(java.util.List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty() || given.get(0) == null) return null;
        Object root = node(kind, given.get(0));
        java.util.ArrayDeque<Object> waiting = new java.util.ArrayDeque<>(java.util.List.of(root));
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

    static Object random(java.util.List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty()) return null;
        java.util.List<Object> made = new java.util.ArrayList<>();
        for (Object pair : given) made.add(node(kind, ((java.util.List<?>) pair).get(0)));
        for (int at = 0; at < made.size(); at++) {
            Object target = ((java.util.List<?>) given.get(at)).get(1);
            field(made.get(at), "next").set(made.get(at), at + 1 < made.size() ? made.get(at + 1) : null);
            field(made.get(at), "random").set(made.get(at), target == null ? null : made.get(number(target)));
        }
        return made.get(0);
    }

    static Object nary(java.util.List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty()) return null;
        Object root = node(kind, given.get(0));
        java.util.List<Object> children = linked(root, "children");
        java.util.ArrayDeque<java.util.List<Object>> waiting = new java.util.ArrayDeque<>(java.util.List.of(children));
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

    static Object graph(java.util.List<?> given, Class<?> kind) throws Throwable {
        if (given == null || given.isEmpty()) return null;
        java.util.List<Object> made = new java.util.ArrayList<>();
        while (made.size() < given.size()) made.add(node(kind, new Digits("" + (made.size() + 1))));
        for (int at = 0; at < made.size(); at++) {
            java.util.List<Object> neighbors = linked(made.get(at), "neighbors");
            for (Object number : (java.util.List<?>) given.get(at)) neighbors.add(made.get(number(number) - 1));
        }
        return made.get(0);
    }

    /** A node's links, empty. */
    static java.util.List<Object> linked(Object node, String name) throws Throwable {
        java.util.List<Object> links = new java.util.ArrayList<>();
        field(node, name).set(node, links);
        return links;
    }

    static void write(StringBuilder to, Object value, boolean node) throws Throwable {
        if (value == null) to.append(node ? "[]" : "null");
        else if (value instanceof Boolean || value instanceof Integer || value instanceof Long || value instanceof Short || value instanceof Byte) to.append(value);
        else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) throw new NotPlain("number that is not finite");
            to.append(value instanceof Float ? Double.toString(Double.parseDouble(value.toString())) : Double.toString(number));
        } else if (value instanceof java.math.BigInteger) {
            java.math.BigInteger number = (java.math.BigInteger) value;
            to.append("{\"type\":\"int\",\"value\":\"").append(number.signum() < 0 ? "-0x" : "0x").append(number.abs().toString(16)).append("\"}");
        } else if (value instanceof CharSequence || value instanceof Character) text(to, value.toString());
        else if (value.getClass().isArray()) {
            for (int at = 0, size = java.lang.reflect.Array.getLength(value); at < size || at == 0; at++) {
                to.append(at == 0 ? '[' : ',');
                if (at < size) write(to, java.lang.reflect.Array.get(value, at), isNode(value.getClass().getComponentType()));
            }
            to.append(']');
        } else if (value instanceof java.util.Map<?, ?> members) {
            to.append("{\"type\":\"dict\",\"value\":[");
            String between = "";
            for (java.util.Map.Entry<?, ?> member : members.entrySet()) {
                write(to.append(between).append('['), member.getKey(), false);
                write(to.append(','), member.getValue(), false);
                to.append(']');
                between = ",";
            }
            to.append("]}");
        } else if (value instanceof Iterable<?> elements) {
            boolean set = value instanceof java.util.Set;
            to.append(set ? "{\"type\":\"set\",\"value\":[" : "[");
            String between = "";
            for (Object element : elements) {
                write(to.append(between), element, false);
                between = ",";
            }
            to.append(set ? "]}" : "]");
        } else if (isNode(value.getClass())) nodes(to, value);
        else throw new NotPlain(value.getClass().getName());
    }

    static void nodes(StringBuilder to, Object start) throws Throwable {
        switch (link(start.getClass())) {
            case "random" -> writeRandom(to, start);
            case "neighbors" -> writeGraph(to, start);
            default -> writeValues(to, start);
        }
    }

    static void writeRandom(StringBuilder to, Object head) throws Throwable {
        java.util.Map<Object, Integer> numbers = new java.util.IdentityHashMap<>();
        java.util.List<Object> found = new java.util.ArrayList<>();
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
        java.util.Map<Object, Object> found = new java.util.TreeMap<>();
        java.util.ArrayDeque<Object> waiting = new java.util.ArrayDeque<>(java.util.List.of(start));
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

    static java.util.Collection<?> links(Object node, String name) throws Throwable {
        Object links = field(node, name).get(node);
        return links == null ? java.util.List.of() : (java.util.Collection<?>) links;
    }

    /** A list's or a tree's, level by level. */
    static void writeValues(StringBuilder to, Object start) throws Throwable {
        boolean nary = link(start.getClass()).equals("children"), gaps = nary || link(start.getClass()).equals("left");
        java.util.LinkedList<Object> waiting = new java.util.LinkedList<>(java.util.Collections.singletonList(start));
        if (nary) waiting.add(null);
        java.util.Set<Object> seen = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
        java.util.ArrayList<String> found = new java.util.ArrayList<>();
        while (!waiting.isEmpty()) {
            Object node = waiting.poll();
            if (node == null) {
                if (gaps) found.add("null");
                continue;
            }
            if (!seen.add(node)) throw new NotPlain("structure with a cycle");
            StringBuilder value = new StringBuilder();
            write(value, field(node, "val").get(node), false);
            found.add(value.toString());
            if (nary) {
                waiting.addAll(links(node, "children"));
                waiting.add(null);
            } else for (String link : gaps ? new String[] {"left", "right"} : new String[] {"next"}) waiting.add(field(node, link).get(node));
        }
        while (!found.isEmpty() && found.get(found.size() - 1).equals("null")) found.remove(found.size() - 1);
        to.append('[').append(String.join(",", found)).append(']');
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
                    java.util.ArrayList<Object> items = new java.util.ArrayList<>();
                    for (at++, blanks(); text.charAt(at) != ']'; comma()) items.add(value());
                    at++;
                    value = items;
                }
                case '{' -> {
                    java.util.LinkedHashMap<String, Object> members = new java.util.LinkedHashMap<>();
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
