// Stands before the submission, whose macros and names so mean nothing here. Behind it stands only what names its
// functions, made in cpp.py. Calls within a namespace are qualified: none finds a function of the submission.
#include <bits/stdc++.h>

namespace microcoder {

struct Json {
    char kind = 'n';  // n(ull) b(oolean) d(igits) s(tring) a(rray) o(bject)
    std::string text;
    std::vector<Json> items;
    std::vector<std::string> keys;
    const Json *member(const std::string &key) const {
        for (std::size_t i = 0; i < keys.size(); ++i)
            if (keys[i] == key) return &items[i];
        return nullptr;
    }
};

struct NotPlain {
    std::string what;
};

class Parser {
  public:
    explicit Parser(const std::string &text) : at_(text.c_str()) {}
    Json parse() {
        blanks();
        Json value;
        switch (*at_) {
        case '"': value.kind = 's'; value.text = string(); break;
        case '[': value.kind = 'a'; list(value, ']'); break;
        case '{': value.kind = 'o'; list(value, '}'); break;
        case 't': value.kind = 'b'; value.text = "1"; at_ += 4; break;
        case 'f': value.kind = 'b'; at_ += 5; break;
        case 'n': at_ += 4; break;
        default: value.kind = 'd'; while (*at_ && !std::strchr(",]} \n\t\r", *at_)) value.text += *at_++;
        }
        blanks();
        return value;
    }

  private:
    const char *at_;
    void blanks() { while (*at_ && std::strchr(" \n\t\r", *at_)) ++at_; }
    void list(Json &into, char end) {
        ++at_;
        blanks();
        while (*at_ != end) {
            if (end == '}') { into.keys.push_back(string()); blanks(); ++at_; }
            into.items.push_back(parse());
            if (*at_ == ',') { ++at_; blanks(); }
        }
        ++at_;
    }
    unsigned hex() {
        unsigned code = static_cast<unsigned>(std::stoul(std::string(at_ + 1, 4), nullptr, 16));
        at_ += 4;
        return code;
    }
    void utf8(std::string &into, unsigned code) {
        if (code < 0x80) { into += static_cast<char>(code); return; }
        int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
        static const unsigned first[] = {0, 0xC0, 0xE0, 0xF0};
        into += static_cast<char>(first[more] | (code >> (6 * more)));
        while (more--) into += static_cast<char>(0x80 | ((code >> (6 * more)) & 0x3F));
    }
    std::string string() {
        std::string text;
        for (++at_; *at_ != '"'; ++at_) {
            if (*at_ != '\\') { text += *at_; continue; }
            switch (*++at_) {
            case 'n': text += '\n'; break;
            case 't': text += '\t'; break;
            case 'r': text += '\r'; break;
            case 'b': text += '\b'; break;
            case 'f': text += '\f'; break;
            case 'u': {
                unsigned code = hex();
                if (code >= 0xD800 && code < 0xDC00 && at_[1] == '\\' && at_[2] == 'u') {
                    at_ += 2;
                    code = 0x10000 + ((code - 0xD800) << 10) + (hex() - 0xDC00);
                }
                utf8(text, code);
                break;
            }
            default: text += *at_;
            }
        }
        ++at_;
        return text;
    }
};

template <class T, class = void> struct IsList : std::false_type {};
template <class T> struct IsList<T, std::void_t<decltype(T::val), decltype(T::next)>> : std::true_type {};
template <class T, class = void> struct IsTree : std::false_type {};
template <class T> struct IsTree<T, std::void_t<decltype(T::val), decltype(T::left), decltype(T::right)>>
    : std::true_type {};
template <class T, class = void> struct IsRandom : std::false_type {};
template <class T> struct IsRandom<T, std::void_t<decltype(T::val), decltype(T::next), decltype(T::random)>>
    : std::true_type {};
template <class T, class = void> struct IsNary : std::false_type {};
template <class T> struct IsNary<T, std::void_t<decltype(T::val), typename decltype(T::children)::value_type>>
    : std::true_type {};
template <class T, class = void> struct IsGraph : std::false_type {};
template <class T> struct IsGraph<T, std::void_t<decltype(T::val), typename decltype(T::neighbors)::value_type>>
    : std::true_type {};
template <class T, class = void> struct IsMap : std::false_type {};
template <class T> struct IsMap<T, std::void_t<typename T::mapped_type>> : std::true_type {};
template <class T, class = void> struct IsSet : std::false_type {};
template <class T> struct IsSet<T, std::void_t<typename T::key_type>> : std::bool_constant<!IsMap<T>::value> {};
template <class T, class = void> struct IsSequence : std::false_type {};
template <class T> struct IsSequence<T, std::void_t<typename T::value_type, decltype(std::declval<T>().begin())>>
    : std::true_type {};

template <class T> T read(const Json &from);

template <class T> T make_node(const Json &from) {
    using Node = std::remove_pointer_t<T>;
    using Value = decltype(Node::val);
    if constexpr (std::is_constructible_v<Node, Value>) {
        return new Node(microcoder::read<Value>(from));
    } else {
        T node = new Node{};
        node->val = microcoder::read<Value>(from);
        return node;
    }
}

template <class T> T read_node(const Json &from) {
    using Node = std::remove_pointer_t<T>;
    if constexpr (IsRandom<Node>::value) {
        std::vector<T> made;
        for (const Json &item : from.items) made.push_back(microcoder::make_node<T>(item.items.at(0)));
        for (std::size_t i = 0; i < made.size(); ++i) {
            const Json &target = from.items[i].items.at(1);
            made[i]->next = i + 1 < made.size() ? made[i + 1] : nullptr;
            made[i]->random = target.kind == 'n' ? nullptr : made.at(microcoder::read<std::size_t>(target));
        }
        return made.empty() ? nullptr : made[0];
    } else if constexpr (IsNary<Node>::value) {
        if (from.items.empty()) return nullptr;
        T root = microcoder::make_node<T>(from.items[0]), parent = nullptr;
        std::deque<T> waiting{root};
        for (std::size_t i = 1; i < from.items.size(); ++i) {
            if (from.items[i].kind == 'n') {
                parent = waiting.at(0);
                waiting.pop_front();
                continue;
            }
            waiting.push_back(microcoder::make_node<T>(from.items[i]));
            parent->children.push_back(waiting.back());
        }
        return root;
    } else if constexpr (IsGraph<Node>::value) {
        std::vector<T> made;
        while (made.size() < from.items.size()) {
            Json number;
            number.text = std::to_string(made.size() + 1);
            made.push_back(microcoder::make_node<T>(number));
        }
        for (std::size_t i = 0; i < made.size(); ++i)
            for (const Json &item : from.items[i].items)
                made[i]->neighbors.push_back(made.at(microcoder::read<std::size_t>(item) - 1));
        return made.empty() ? nullptr : made[0];
    } else if constexpr (IsTree<Node>::value) {
        if (from.items.empty() || from.items[0].kind == 'n') return nullptr;
        T root = microcoder::make_node<T>(from.items[0]);
        std::deque<T> waiting{root};
        for (std::size_t i = 1; i < from.items.size();) {
            T parent = waiting.front();
            waiting.pop_front();
            for (T *side : {&parent->left, &parent->right}) {
                *side = nullptr;
                if (i < from.items.size() && from.items[i].kind != 'n') {
                    *side = microcoder::make_node<T>(from.items[i]);
                    waiting.push_back(*side);
                }
                ++i;
            }
        }
        return root;
    } else {
        T head = nullptr;
        for (auto item = from.items.rbegin(); item != from.items.rend(); ++item) {
            T node = microcoder::make_node<T>(*item);
            node->next = head;
            head = node;
        }
        return head;
    }
}

template <class T> struct Parts : std::false_type {};
template <class A, class B> struct Parts<std::pair<A, B>> : std::true_type {
    static std::pair<A, B> read_all(const Json &from) {
        return {microcoder::read<A>(from.items.at(0)), microcoder::read<B>(from.items.at(1))};
    }
};
template <class... A> struct Parts<std::tuple<A...>> : std::true_type {
    static std::tuple<A...> read_all(const Json &from) {
        std::size_t at = 0;
        return std::tuple<A...>{microcoder::read<A>(from.items.at(at++))...};
    }
};
template <class T, std::size_t N> struct Parts<std::array<T, N>> : std::true_type {
    static std::array<T, N> read_all(const Json &from) {
        std::array<T, N> made{};
        for (std::size_t i = 0; i < from.items.size(); ++i) made.at(i) = microcoder::read<T>(from.items[i]);
        return made;
    }
};

template <class T> constexpr bool is_text_v = std::is_same_v<T, std::string> || std::is_same_v<T, std::string_view> ||
    std::is_same_v<T, const char *> || std::is_same_v<T, char *>;

/** Text that views and pointers go on looking at. */
inline std::string &lasting(const std::string &text) { return *new std::string(text); }

template <class T> T read(const Json &from) {
    if constexpr (std::is_same_v<T, bool>) return from.kind == 'd' ? std::stold(from.text) != 0 : !from.text.empty();
    else if constexpr (std::is_same_v<T, char>) return from.text.empty() ? '\0' : from.text[0];
    else if constexpr (std::is_same_v<T, std::string>) return from.text;
    else if constexpr (is_text_v<T>) return microcoder::lasting(from.text).data();
    else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(std::stold(from.text));
    else if constexpr (std::is_unsigned_v<T>) return static_cast<T>(std::stoull(from.text));
    else if constexpr (std::is_integral_v<T>) return static_cast<T>(std::stoll(from.text));
    else if constexpr (std::is_pointer_v<T>) return microcoder::read_node<std::remove_const_t<std::remove_pointer_t<T>> *>(from);
    else if constexpr (Parts<T>::value) return Parts<T>::read_all(from);
    else if constexpr (IsMap<T>::value) {
        T made;
        for (std::size_t i = 0; i < from.items.size(); ++i) {
            Json key;
            key.text = from.keys[i];
            made[microcoder::read<typename T::key_type>(key)] = microcoder::read<typename T::mapped_type>(from.items[i]);
        }
        return made;
    } else {
        T made;
        for (const Json &item : from.items) made.insert(made.end(), microcoder::read<typename T::value_type>(item));
        return made;
    }
}

template <class T> void write(std::ostream &to, const T &value);

inline void write_text(std::ostream &to, const std::string &text) {
    to << '"';
    for (unsigned char c : text) {
        if (c == '"' || c == '\\') to << '\\' << c;
        else if (c < 0x20) { char code[8]; std::snprintf(code, sizeof code, "\\u%04x", c); to << code; }
        else to << c;
    }
    to << '"';
}

template <class R> void write_all(std::ostream &to, const R &range) {
    const char *between = "";
    to << '[';
    for (const auto &element : range) {
        to << between;
        microcoder::write<std::decay_t<typename R::value_type>>(to, element);
        between = ",";
    }
    to << ']';
}

template <class T> void write_integer(std::ostream &to, T value) {
    if constexpr (sizeof value <= sizeof(long long)) to << +value;
    else {
        std::string digits;
        for (T left = value; left != 0 || digits.empty(); left /= 10) digits += static_cast<char>('0' + (left < 0 ? -(left % 10) : left % 10));
        to << (value < 0 ? "-" : "") << std::string(digits.rbegin(), digits.rend());
    }
}

template <class T> void write_number(std::ostream &to, T value) {
    if (!std::isfinite(value)) throw NotPlain{"number that is not finite"};
    std::ostringstream text;
    text.precision(std::numeric_limits<T>::max_digits10);
    text << value;
    to << text.str() << (text.str().find_first_of(".e") == std::string::npos ? ".0" : "");
}

template <class T> void write_random(std::ostream &to, T node) {
    std::vector<T> nodes;
    std::unordered_map<const void *, std::size_t> numbers;
    for (; node != nullptr && numbers.emplace(node, nodes.size()).second; node = node->next) nodes.push_back(node);
    to << '[';
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        to << (i ? ",[" : "[");
        microcoder::write(to, nodes[i]->val);
        auto target = numbers.find(nodes[i]->random);
        if (nodes[i]->random == nullptr) to << ",null]";
        else if (target == numbers.end()) to << ",-1]";
        else to << ',' << target->second << ']';
    }
    to << ']';
}

template <class T> void write_graph(std::ostream &to, T start) {
    if (start == nullptr) { to << "[]"; return; }
    std::map<std::decay_t<decltype(start->val)>, T> found{{start->val, start}};
    std::vector<T> waiting{start};
    while (!waiting.empty()) {
        T node = waiting.back();
        waiting.pop_back();
        for (T neighbor : node->neighbors)
            if (found.emplace(neighbor->val, neighbor).second) waiting.push_back(neighbor);
    }
    const char *between = "[";
    for (const auto &one : found) {
        to << between << '[';
        const char *comma = "";
        for (T neighbor : one.second->neighbors) {
            to << comma;
            microcoder::write(to, neighbor->val);
            comma = ",";
        }
        to << ']';
        between = ",";
    }
    to << ']';
}

/** Values with nulls between; those at the end are left out. */
class Values {
  public:
    explicit Values(std::ostream &to) : to_(to) { to_ << '['; }
    template <class T> void add(const T &value) {
        for (; nulls_ > 0; --nulls_) to_ << between_ << "null", between_ = ",";
        microcoder::write(to_ << between_, value);
        between_ = ",";
        count();
    }
    void null() { ++nulls_, count(); }
    void end() { to_ << ']'; }

  private:
    std::ostream &to_;
    const char *between_ = "";
    std::size_t nulls_ = 0, count_ = 0;
    void count() {
        if (++count_ > 10'000'000) throw NotPlain{"structure with a cycle"};
    }
};

template <class T> void write_values(std::ostream &to, T node) {
    using Node = std::remove_const_t<std::remove_pointer_t<T>>;
    Values values(to);
    std::deque<T> waiting{node};
    if constexpr (IsNary<Node>::value) {
        if (node == nullptr) waiting.clear();
        else values.add(node->val);
        for (; !waiting.empty(); waiting.pop_front()) {
            values.null();
            for (T child : waiting.front()->children) waiting.push_back(child), values.add(child->val);
        }
    } else if constexpr (IsTree<Node>::value) {
        for (; !waiting.empty(); waiting.pop_front()) {
            T one = waiting.front();
            if (one == nullptr) { values.null(); continue; }
            values.add(one->val);
            waiting.push_back(one->left);
            waiting.push_back(one->right);
        }
    } else {
        static_assert(IsList<Node>::value, "only pointers to nodes are arguments and results");
        T seen = nullptr;  // of the last power of two: a node that comes again is met again
        for (std::size_t steps = 0; node != nullptr; node = node->next, ++steps) {
            if (node == seen) throw NotPlain{"structure with a cycle"};
            if ((steps & (steps + 1)) == 0) seen = node;
            values.add(node->val);
        }
    }
    values.end();
}

template <class T> void write_node(std::ostream &to, T node) {
    using Node = std::remove_const_t<std::remove_pointer_t<T>>;
    if constexpr (IsRandom<Node>::value) microcoder::write_random(to, node);
    else if constexpr (IsGraph<Node>::value) microcoder::write_graph(to, node);
    else microcoder::write_values(to, node);
}

template <class A, class B> void write_pair(std::ostream &to, const std::pair<A, B> &value) {
    to << '[';
    microcoder::write(to, value.first);
    to << ',';
    microcoder::write(to, value.second);
    to << ']';
}

template <class T> struct Writer {
    static void put(std::ostream &to, const T &value) {
        if constexpr (std::is_same_v<T, bool>) to << (value ? "true" : "false");
        else if constexpr (std::is_same_v<T, char>) microcoder::write_text(to, std::string(1, value));
        else if constexpr (std::is_same_v<T, std::string>) microcoder::write_text(to, value);
        else if constexpr (std::is_floating_point_v<T>) microcoder::write_number(to, value);
        else if constexpr (std::is_integral_v<T>) microcoder::write_integer(to, value);
        else if constexpr (std::is_convertible_v<T, const char *>) microcoder::write_text(to, value);
        else if constexpr (std::is_pointer_v<T>) microcoder::write_node(to, value);
        else if constexpr (IsMap<T>::value) { to << "{\"type\":\"dict\",\"value\":"; microcoder::write_all(to, value); to << '}'; }
        else if constexpr (IsSet<T>::value) { to << "{\"type\":\"set\",\"value\":"; microcoder::write_all(to, value); to << '}'; }
        else microcoder::write_all(to, value);
    }
};
template <class A, class B> struct Writer<std::pair<A, B>> {
    static void put(std::ostream &to, const std::pair<A, B> &value) { microcoder::write_pair(to, value); }
};
template <class... A> struct Writer<std::tuple<A...>> {
    static void put(std::ostream &to, const std::tuple<A...> &value) {
        const char *between = "[";
        std::apply([&](const A &...part) { ((to << between, microcoder::write(to, part), between = ","), ...); }, value);
        to << ']';
    }
};
template <class T> struct Writer<std::optional<T>> {
    static void put(std::ostream &to, const std::optional<T> &value) {
        if (value) microcoder::write(to, *value);
        else to << "null";
    }
};
template <class T> void write(std::ostream &to, const T &value) { Writer<T>::put(to, value); }

/** What the tests' arguments look like, so that of several overloads the one can be told that is meant. */
struct Any { static bool matches(const Json &) { return true; } };
struct Bool { static bool matches(const Json &json) { return json.kind == 'b'; } };
struct Int { static bool matches(const Json &json) { return json.kind == 'd'; } };
struct Long : Int {};
struct Float : Int {};
struct Text { static bool matches(const Json &json) { return json.kind == 's'; } };
struct Nodes { static bool matches(const Json &json) { return json.kind == 'a'; } };
template <class E> struct List : Nodes {};
template <class E> struct Map { static bool matches(const Json &json) { return json.kind == 'o'; } };

template <class S> bool matches_one(const Json &json) { return json.kind == 'n' || S::matches(json); }

/** The arguments of one call. */
template <class... S> struct Shapes {
    static bool match(const std::vector<Json> &given) {
        [[maybe_unused]] auto one = given.begin();
        return given.size() == sizeof...(S) && (microcoder::matches_one<S>(*one++) && ...);
    }
};

enum Strictness { anything, convertible, same_kind, natural };

/** Whether a parameter of a type is meant for arguments of a shape. */
template <class S, class T, Strictness how> struct Fits : std::bool_constant<how == anything || std::is_same_v<S, Any>> {};
template <class T, Strictness how> struct Fits<Bool, T, how>
    : std::bool_constant<std::is_same_v<T, bool> || how == anything || (how == convertible && std::is_integral_v<T>)> {};
template <class T, Strictness how> struct Fits<Int, T, how>
    : std::bool_constant<how == anything || (how == natural ? std::is_same_v<T, int>
        : std::is_arithmetic_v<T> && !std::is_same_v<T, char> && !std::is_same_v<T, bool> && (how == convertible || std::is_integral_v<T>))> {};
template <class T, Strictness how> struct Fits<Long, T, how>
    : std::bool_constant<how == natural ? std::is_integral_v<T> && sizeof(T) == sizeof(long long) : Fits<Int, T, how>::value> {};
template <class T, Strictness how> struct Fits<Float, T, how>
    : std::bool_constant<how == anything || (how == natural ? std::is_same_v<T, double> : std::is_floating_point_v<T>)> {};
template <class T, Strictness how> struct Fits<Text, T, how>
    : std::bool_constant<how == anything || (how == natural ? std::is_same_v<T, std::string> : is_text_v<T> || std::is_same_v<T, char>)> {};
template <class T, Strictness how> struct Fits<Nodes, T, how>
    : std::bool_constant<how == anything || (std::is_pointer_v<T> && !is_text_v<T>) || (how == convertible && IsSequence<T>::value)> {};
template <class E, class T, Strictness how> struct Fits<List<E>, T, how> {
    static constexpr bool fits() {
        if constexpr (how == anything) return true;
        else if constexpr (is_text_v<T> || IsMap<T>::value) return false;
        else if constexpr (IsSequence<T>::value) return Fits<E, typename T::value_type, how>::value;
        else return how == convertible && (std::is_pointer_v<T> || Parts<T>::value);
    }
    static constexpr bool value = fits();
};
template <class E, class T, Strictness how> struct Fits<Map<E>, T, how>
    : std::bool_constant<how == anything || IsMap<T>::value> {};

/** What is called, and given, where there is nothing else. */
struct Nothing {};

/** The type that arguments have by themselves, where they have one. */
template <class S> struct Natural { using type = Nothing; };
template <> struct Natural<Bool> { using type = bool; };
template <> struct Natural<Int> { using type = int; };
template <> struct Natural<Long> { using type = long long; };
template <> struct Natural<Float> { using type = double; };
template <> struct Natural<Text> { using type = std::string; };
template <class E> struct Natural<List<E>> {
    using type = std::conditional_t<std::is_same_v<typename Natural<E>::type, Nothing>, Nothing, std::vector<typename Natural<E>::type>>;
};
template <class E> struct Natural<Map<E>> {
    using type = std::conditional_t<std::is_same_v<typename Natural<E>::type, Nothing>, Nothing, std::map<std::string, typename Natural<E>::type>>;
};

/** The arguments of one call, for as long as it lasts. */
class Held {
  public:
    Held() = default;
    Held(const Held &) = delete;
    ~Held() {
        for (const auto &[value, end] : values_) end(value);
    }
    template <class T, bool is_answer> T &keep(const Json &from) {
        T *made = new T(microcoder::read<T>(from));
        values_.emplace_back(made, [](void *value) { delete static_cast<T *>(value); });
        if constexpr (is_answer) {
            answer_ = made;
            write_ = [](std::ostream &to, const void *value) { microcoder::write(to, *static_cast<const T *>(value)); };
        }
        return *made;
    }
    void write_answer(std::ostream &to) const { write_(to, answer_); }

  private:
    std::vector<std::pair<void *, void (*)(void *)>> values_;
    const void *answer_ = nullptr;
    void (*write_)(std::ostream &, const void *) = nullptr;
};

/** Whether an argument may become ``T``: neither the object itself, nor what no function of a submission takes. */
template <class Owner, class S, class T, Strictness how>
constexpr bool is_meant = !std::is_same_v<T, Owner> && !std::is_same_v<T, Nothing> && Fits<S, T, how>::value;

/** Becomes whatever type a parameter has, so that the call is resolved as any other. */
template <class Owner, class S, Strictness how, bool is_answer> class Argument {
    template <class T> using IfMeant = std::enable_if_t<is_meant<Owner, S, std::remove_cv_t<T>, how>>;

  public:
    Argument(const Json &from, Held &held) : from_(from), held_(held) {}
    template <class T, class = IfMeant<T>> operator T &() const { return held_.template keep<std::remove_cv_t<T>, is_answer>(from_); }

  private:
    const Json &from_;
    Held &held_;
};

/** The same for parameters that only an rvalue binds to. */
template <class Owner, class S, Strictness how, bool is_answer> class Passing {
    template <class T> using IfMeant = std::enable_if_t<is_meant<Owner, S, std::remove_cv_t<T>, how>>;

  public:
    Passing(const Json &from, Held &held) : from_(from), held_(held) {}
    template <class T, class = IfMeant<T>> operator T &&() const { return std::move(held_.template keep<std::remove_cv_t<T>, is_answer>(from_)); }

  private:
    const Json &from_;
    Held &held_;
};

constexpr std::size_t no_answer = -1;

template <class R, class P> const auto &first(const R &range, P fits) {
    for (const auto &one : range)
        if (fits(one)) return one;
    throw std::invalid_argument("no test has such arguments");
}

/** How ``F`` is called with arguments of these shapes, as ``Other`` cannot be. */
template <class F, class Other, class Owner, std::size_t answer, class Numbers, class... S> class Invocation;
template <class F, class Other, class Owner, std::size_t answer, std::size_t... I, class... S>
class Invocation<F, Other, Owner, answer, std::index_sequence<I...>, S...> {
    enum Way { none, lvalues, rvalues, naturals };
    struct Plan {
        Way way;
        Strictness how;
    };
    template <Strictness how> static constexpr Way way() {
        if constexpr (std::is_invocable_v<F &, Argument<Owner, S, how, false>...>)
            return std::is_invocable_v<Other &, Argument<Owner, S, how, false>...> ? none : lvalues;
        else if constexpr (std::is_invocable_v<F &, Passing<Owner, S, how, false>...>)
            return std::is_invocable_v<Other &, Passing<Owner, S, how, false>...> ? none : rvalues;
        else return none;
    }
    static constexpr bool by_nature() {
        if constexpr ((std::is_same_v<typename Natural<S>::type, Nothing> || ...)) return false;
        else return std::is_invocable_v<F &, typename Natural<S>::type &...> && !std::is_invocable_v<Other &, typename Natural<S>::type &...>;
    }
    static constexpr Plan planned() {
        if constexpr (by_nature()) return {naturals, anything};
        else if constexpr (constexpr Way found = way<anything>(); found != none) return {found, anything};
        else if constexpr (constexpr Way strict = way<natural>(); strict != none) return {strict, natural};
        else if constexpr (constexpr Way kind = way<same_kind>(); kind != none) return {kind, same_kind};
        else if constexpr (constexpr Way loose = way<convertible>(); loose != none) return {loose, convertible};
        else return {none, anything};
    }
    static constexpr Plan plan = planned();

  public:
    static constexpr bool possible = plan.way != none;
    static decltype(auto) of(F &call, const std::vector<Json> &given, Held &held) {
        if constexpr (plan.way == rvalues) return call(Passing<Owner, S, plan.how, I == answer>(given[I], held)...);
        else if constexpr (plan.way == naturals) return call(held.template keep<typename Natural<S>::type, I == answer>(given[I])...);
        else return call(Argument<Owner, S, plan.how, I == answer>(given[I], held)...);
    }
};

template <class C, class M> struct Bound {
    C &object;
    template <class... A> auto operator()(A &&...given) const -> decltype(M()(object, std::forward<A>(given)...)) {
        return M()(object, std::forward<A>(given)...);
    }
};
template <class C> struct Construct {
    template <class... A> auto operator()(A &&...given) const -> decltype(new C(std::forward<A>(given)...)) {
        return new C(std::forward<A>(given)...);
    }
};

/** Write what a call gave; nothing where that is the object itself, for calls in a chain. */
template <class Owner, class Invoked, class F> void write_returned(std::ostream &to, F &call, const std::vector<Json> &given, Held &held) {
    using Returned = std::decay_t<decltype(Invoked::of(call, given, held))>;
    if constexpr (std::is_void_v<Returned> || std::is_same_v<Returned, Owner> || std::is_same_v<Returned, Owner *>) {
        Invoked::of(call, given, held);
        to << "null";
    } else {
        auto &&returned = Invoked::of(call, given, held);
        microcoder::write<Returned>(to, returned);
    }
}

/** A method of ``Solution``, or a function, called once. */
template <class C, class Method, class Function, class Library, std::size_t answer> class Call {
    template <class Invoked, class F> static void perform(std::ostream &to, F &&call, const std::vector<Json> &given) {
        Held held;
        if constexpr (answer == no_answer) microcoder::write_returned<void, Invoked>(to, call, given, held);
        else {
            Invoked::of(call, given, held);
            held.write_answer(to);
        }
    }
    template <class... S> static bool attempt(std::ostream &to, const std::vector<Json> &given, Shapes<S...>) {
        if (!Shapes<S...>::match(given)) return false;
        using Numbers = std::index_sequence_for<S...>;
        using OfClass = Invocation<Bound<C, Method>, Nothing, C, answer, Numbers, S...>;
        using Free = Invocation<Function, Library, void, answer, Numbers, S...>;
        if constexpr (OfClass::possible) perform<OfClass>(to, Bound<C, Method>{*new C()}, given);
        else if constexpr (Free::possible || std::is_base_of_v<Nothing, C>) {
            static_assert(Free::possible, "no such function, or several that fit");
            perform<Free>(to, Function(), given);
        } else {
            static_assert(OfClass::possible, "no such method, or several that fit");
            perform<OfClass>(to, Bound<C, Method>{*new C()}, given);
        }
        return true;
    }

  public:
    template <class... Each> static void perform(std::ostream &to, const Json &json, Each... shapes) {
        const std::vector<Json> &given = json.member("arguments")->items;
        if (!(attempt(to, given, shapes) || ...)) throw std::invalid_argument("no test has such arguments");
    }
};

/** A class, and the calls of its constructor and methods that the tests make. */
template <class C> class Design {
  public:
    template <class... S> void constructor(Shapes<S...>) {
        using Invoked = Invocation<Construct<C>, Nothing, C, no_answer, std::index_sequence_for<S...>, S...>;
        static_assert(Invoked::possible, "no such constructor, or several that fit");
        constructors_.push_back({Shapes<S...>::match, [](const std::vector<Json> &given) {
            Construct<C> construct;
            // Neither the object nor what it was made of ends before the program: it may have kept references.
            return Invoked::of(construct, given, *new Held);
        }});
    }

    template <class M, class... S> void method(const char *name, Shapes<S...>) {
        using Invoked = Invocation<Bound<C, M>, Nothing, C, no_answer, std::index_sequence_for<S...>, S...>;
        static_assert(Invoked::possible, "no such method, or several that fit");
        methods_.push_back({name, Shapes<S...>::match, [](std::ostream &to, C &object, const std::vector<Json> &given) {
            Held held;
            Bound<C, M> bound{object};
            microcoder::write_returned<C, Invoked>(to, bound, given, held);
        }});
    }

    void perform(std::ostream &to, const Json &json) const {
        const std::vector<Json> &both = json.member("arguments")->items;
        const std::vector<Json> &names = both[0].items, &given = both[1].items;
        C &object = *microcoder::first(constructors_, [&](auto &one) { return one.match(given[0].items); }).make(given[0].items);
        to << "[null";
        for (std::size_t i = 1; i < names.size(); ++i) {
            auto &found = microcoder::first(methods_, [&](auto &one) { return one.name == names[i].text && one.match(given[i].items); });
            found.call(to << ',', object, given[i].items);
        }
        to << ']';
    }

  private:
    using Match = bool (*)(const std::vector<Json> &);
    struct Constructor {
        Match match;
        C *(*make)(const std::vector<Json> &);
    };
    struct Method {
        std::string name;
        Match match;
        void (*call)(std::ostream &, C &, const std::vector<Json> &);
    };
    std::vector<Constructor> constructors_;
    std::vector<Method> methods_;
};

/** Do what call.json says, and write to result.json what that gave. */
template <class P> void run(P perform) {
    std::ifstream file("call.json");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::ostringstream result;
    try {
        perform(result, microcoder::Parser(text).parse());
    } catch (const NotPlain &error) {
        std::ofstream("result.json") << "{\"not_plain\":\"" << error.what << "\"}";
        return;
    }
    std::ofstream("result.json") << "{\"value\":" << result.str() << '}';
}

}  // namespace microcoder

// Stands before the submission: what has the function's name by then, of C's library above all.
#define MICROCODER_LIBRARY(name) \
    namespace microcoder_absent { \
    struct Solution : microcoder::Nothing {}; \
    void name(microcoder::Nothing); \
    } \
    namespace microcoder_library { \
    using namespace microcoder_absent; \
    struct Function { \
        template <class... A> auto operator()(A &&...given) const -> decltype((name)(static_cast<A &&>(given)...)); \
    }; \
    }

// These stand behind it, where a macro of it may have any name that is not ours. A qualified name is first one of the
// submission's own: those of a namespace that is used come after it.
#define MICROCODER_FUNCTION(name) \
    using namespace microcoder_absent; \
    struct microcoder_function { \
        template <class... microcoder_A> auto operator()(microcoder_A &&...microcoder_given) const \
            -> decltype(::name(static_cast<microcoder_A &&>(microcoder_given)...)) { \
            return ::name(static_cast<microcoder_A &&>(microcoder_given)...); \
        } \
    };
#define MICROCODER_METHOD(name) \
    struct microcoder_method_##name { \
        template <class microcoder_C, class... microcoder_A> \
        auto operator()(microcoder_C &microcoder_object, microcoder_A &&...microcoder_given) const \
            -> decltype(microcoder_object.name(static_cast<microcoder_A &&>(microcoder_given)...)) { \
            return microcoder_object.name(static_cast<microcoder_A &&>(microcoder_given)...); \
        } \
    };
