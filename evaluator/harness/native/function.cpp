
// Behind the submission: calls @name@ as call.json says and writes what it gave to result.json.
#line 1 "harness"
#undef main
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

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
        return new Node(read<Value>(from));
    } else {
        T node = new Node{};
        node->val = read<Value>(from);
        return node;
    }
}

template <class T> T read_node(const Json &from) {
    using Node = std::remove_pointer_t<T>;
    if constexpr (IsRandom<Node>::value) {
        std::vector<T> made;
        for (const Json &item : from.items) made.push_back(make_node<T>(item.items.at(0)));
        for (std::size_t i = 0; i < made.size(); ++i) {
            const Json &target = from.items[i].items.at(1);
            made[i]->next = i + 1 < made.size() ? made[i + 1] : nullptr;
            made[i]->random = target.kind == 'n' ? nullptr : made.at(read<std::size_t>(target));
        }
        return made.empty() ? nullptr : made[0];
    } else if constexpr (IsNary<Node>::value) {
        if (from.items.empty()) return nullptr;
        T root = make_node<T>(from.items[0]), parent = nullptr;
        std::deque<T> waiting{root};
        for (std::size_t i = 1; i < from.items.size(); ++i) {
            if (from.items[i].kind == 'n') {
                parent = waiting.at(0);
                waiting.pop_front();
                continue;
            }
            waiting.push_back(make_node<T>(from.items[i]));
            parent->children.push_back(waiting.back());
        }
        return root;
    } else if constexpr (IsGraph<Node>::value) {
        std::vector<T> made;
        while (made.size() < from.items.size()) {
            Json number;
            number.text = std::to_string(made.size() + 1);
            made.push_back(make_node<T>(number));
        }
        for (std::size_t i = 0; i < made.size(); ++i)
            for (const Json &item : from.items[i].items)
                made[i]->neighbors.push_back(made.at(read<std::size_t>(item) - 1));
        return made.empty() ? nullptr : made[0];
    } else if constexpr (IsTree<Node>::value) {
        if (from.items.empty() || from.items[0].kind == 'n') return nullptr;
        T root = make_node<T>(from.items[0]);
        std::deque<T> waiting{root};
        for (std::size_t i = 1; i < from.items.size();) {
            T parent = waiting.front();
            waiting.pop_front();
            for (T *side : {&parent->left, &parent->right}) {
                *side = nullptr;
                if (i < from.items.size() && from.items[i].kind != 'n') {
                    *side = make_node<T>(from.items[i]);
                    waiting.push_back(*side);
                }
                ++i;
            }
        }
        return root;
    } else {
        T head = nullptr;
        for (auto item = from.items.rbegin(); item != from.items.rend(); ++item) {
            T node = make_node<T>(*item);
            node->next = head;
            head = node;
        }
        return head;
    }
}

template <class T> struct Parts : std::false_type {};
template <class A, class B> struct Parts<std::pair<A, B>> : std::true_type {
    static std::pair<A, B> read_all(const Json &from) { return {read<A>(from.items.at(0)), read<B>(from.items.at(1))}; }
};
template <class... A> struct Parts<std::tuple<A...>> : std::true_type {
    static std::tuple<A...> read_all(const Json &from) {
        std::size_t at = 0;
        return std::tuple<A...>{read<A>(from.items.at(at++))...};
    }
};

template <class T> T read(const Json &from) {
    if constexpr (std::is_same_v<T, bool>) return !from.text.empty();
    else if constexpr (std::is_same_v<T, char>) return from.text.empty() ? '\0' : from.text[0];
    else if constexpr (std::is_same_v<T, std::string>) return from.text;
    else if constexpr (std::is_floating_point_v<T>) return static_cast<T>(std::stold(from.text));
    else if constexpr (std::is_unsigned_v<T>) return static_cast<T>(std::stoull(from.text));
    else if constexpr (std::is_integral_v<T>) return static_cast<T>(std::stoll(from.text));
    else if constexpr (std::is_pointer_v<T>) return read_node<std::remove_const_t<std::remove_pointer_t<T>> *>(from);
    else if constexpr (Parts<T>::value) return Parts<T>::read_all(from);
    else if constexpr (IsMap<T>::value) {
        T made;
        for (std::size_t i = 0; i < from.items.size(); ++i) {
            Json key;
            key.text = from.keys[i];
            made[read<typename T::key_type>(key)] = read<typename T::mapped_type>(from.items[i]);
        }
        return made;
    } else {
        T made;
        for (const Json &item : from.items) made.insert(made.end(), read<typename T::value_type>(item));
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
        write<std::decay_t<typename R::value_type>>(to, element);
        between = ",";
    }
    to << ']';
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
        write(to, nodes[i]->val);
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
            write(to, neighbor->val);
            comma = ",";
        }
        to << ']';
        between = ",";
    }
    to << ']';
}

template <class T> void write_values(std::ostream &to, T node) {
    using Node = std::remove_const_t<std::remove_pointer_t<T>>;
    std::unordered_set<const void *> seen;
    std::vector<std::string> found;
    auto add = [&](auto *one) {
        if (!seen.insert(one).second) throw NotPlain{"structure with a cycle"};
        std::ostringstream text;
        write(text, one->val);
        found.push_back(text.str());
    };
    if constexpr (IsNary<Node>::value) {
        std::deque<T> waiting;
        if (node != nullptr) waiting.push_back(node), add(node);
        for (; !waiting.empty(); waiting.pop_front()) {
            found.push_back("null");
            for (T child : waiting.front()->children) waiting.push_back(child), add(child);
        }
        while (!found.empty() && found.back() == "null") found.pop_back();
    } else if constexpr (IsTree<Node>::value) {
        std::deque<T> waiting{node};
        while (!waiting.empty()) {
            T one = waiting.front();
            waiting.pop_front();
            if (one == nullptr) { found.push_back("null"); continue; }
            add(one);
            waiting.push_back(one->left);
            waiting.push_back(one->right);
        }
        while (!found.empty() && found.back() == "null") found.pop_back();
    } else {
        static_assert(IsList<Node>::value, "only pointers to nodes are arguments and results");
        for (; node != nullptr; node = node->next) add(node);
    }
    to << '[';
    for (std::size_t i = 0; i < found.size(); ++i) to << (i ? "," : "") << found[i];
    to << ']';
}

template <class T> void write_node(std::ostream &to, T node) {
    using Node = std::remove_const_t<std::remove_pointer_t<T>>;
    if constexpr (IsRandom<Node>::value) write_random(to, node);
    else if constexpr (IsGraph<Node>::value) write_graph(to, node);
    else write_values(to, node);
}

template <class A, class B> void write_pair(std::ostream &to, const std::pair<A, B> &value) {
    to << '[';
    write(to, value.first);
    to << ',';
    write(to, value.second);
    to << ']';
}

template <class T> struct Writer {
    static void put(std::ostream &to, const T &value) {
        if constexpr (std::is_same_v<T, bool>) to << (value ? "true" : "false");
        else if constexpr (std::is_same_v<T, char>) write_text(to, std::string(1, value));
        else if constexpr (std::is_same_v<T, std::string>) write_text(to, value);
        else if constexpr (std::is_floating_point_v<T>) write_number(to, value);
        else if constexpr (std::is_integral_v<T>) to << +value;
        else if constexpr (std::is_convertible_v<T, const char *>) write_text(to, value);
        else if constexpr (std::is_pointer_v<T>) write_node(to, value);
        else if constexpr (IsMap<T>::value) { to << "{\"type\":\"dict\",\"value\":"; write_all(to, value); to << '}'; }
        else if constexpr (IsSet<T>::value) { to << "{\"type\":\"set\",\"value\":"; write_all(to, value); to << '}'; }
        else write_all(to, value);
    }
};
template <class A, class B> struct Writer<std::pair<A, B>> {
    static void put(std::ostream &to, const std::pair<A, B> &value) { write_pair(to, value); }
};
template <class... A> struct Writer<std::tuple<A...>> {
    static void put(std::ostream &to, const std::tuple<A...> &value) {
        const char *between = "[";
        std::apply([&](const A &...part) { ((to << between, write(to, part), between = ","), ...); }, value);
        to << ']';
    }
};
template <class T> struct Writer<std::optional<T>> {
    static void put(std::ostream &to, const std::optional<T> &value) {
        if (value) write(to, *value);
        else to << "null";
    }
};
template <class T> void write(std::ostream &to, const T &value) { Writer<T>::put(to, value); }

template <class Arguments, std::size_t... I>
void write_argument(std::ostream &to, const Arguments &arguments, std::size_t number, std::index_sequence<I...>) {
    ((I == number ? write(to, std::get<I>(arguments)) : void()), ...);
}

template <class R, class... A, class Call, std::size_t... I>
void perform(std::ostream &to, const Json &call, Call invoke, std::index_sequence<I...> numbers) {
    const Json &given = *call.member("arguments");
    if (given.items.size() != sizeof...(A)) throw std::invalid_argument("the function takes another number of arguments");
    std::tuple<std::decay_t<A>...> arguments{read<std::decay_t<A>>(given.items[I])...};
    const Json &answer = *call.member("answer");
    if constexpr (std::is_void_v<R>) {
        invoke(static_cast<A>(std::get<I>(arguments))...);
        if (answer.kind == 'n') { to << "null"; return; }
    } else {
        std::decay_t<R> returned = invoke(static_cast<A>(std::get<I>(arguments))...);
        if (answer.kind == 'n') { write(to, returned); return; }
    }
    write_argument(to, arguments, std::stoul(answer.text), numbers);
}

template <class R, class C, class... A> void call(std::ostream &to, const Json &json, R (C::*function)(A...)) {
    C object;
    auto invoke = [&](auto &&...a) -> R { return (object.*function)(std::forward<decltype(a)>(a)...); };
    perform<R, A...>(to, json, invoke, std::index_sequence_for<A...>());
}
template <class R, class C, class... A> void call(std::ostream &to, const Json &json, R (C::*function)(A...) const) {
    C object;
    auto invoke = [&](auto &&...a) -> R { return (object.*function)(std::forward<decltype(a)>(a)...); };
    perform<R, A...>(to, json, invoke, std::index_sequence_for<A...>());
}
template <class R, class... A> void call(std::ostream &to, const Json &json, R (*function)(A...)) {
    perform<R, A...>(to, json, function, std::index_sequence_for<A...>());
}

/** Becomes whatever type a parameter has, so that overloads are resolved as in any call. */
template <class Owner> class Argument {
  public:
    using Held = std::vector<std::shared_ptr<void>>;
    Argument(const Json &from, Held &held) : from_(from), held_(held) {}
    template <class T, class = std::enable_if_t<!std::is_same_v<std::remove_cv_t<T>, Owner>>> operator T &() const {
        auto made = std::make_shared<std::remove_cv_t<T>>(read<std::remove_cv_t<T>>(from_));
        held_.push_back(made);
        return *made;
    }

  private:
    const Json &from_;
    Held &held_;
};

/** The same for parameters that only an rvalue binds to. */
template <class Owner> class Passing {
  public:
    Passing(const Json &from, typename Argument<Owner>::Held &held) : as_(from, held) {}
    template <class T, class = std::enable_if_t<!std::is_same_v<std::remove_cv_t<T>, Owner>>> operator T &&() const {
        return std::move(static_cast<T &>(as_));
    }

  private:
    Argument<Owner> as_;
};

/** A class, and the calls of its constructor and methods that the tests make. */
template <class C> class Design {
  public:
    template <std::size_t N> void constructor() {
        auto construct = [](auto &&...given) -> decltype(new C(std::forward<decltype(given)>(given)...)) {
            return new C(std::forward<decltype(given)>(given)...);
        };
        constructors_[N] = [=](const Json &given) {
            // Neither the object nor what it was made of ends before the program: it may have kept references.
            return invoke(given, *new Held, construct, std::make_index_sequence<N>());
        };
    }

    template <std::size_t N, class M> void method(const std::string &name, M call) {
        methods_[{name, N}] = [=](std::ostream &to, C &object, const Json &given) {
            Held held;
            auto bound = [&](auto &&...with) -> decltype(call(object, std::forward<decltype(with)>(with)...)) {
                return call(object, std::forward<decltype(with)>(with)...);
            };
            using Numbers = std::make_index_sequence<N>;
            if constexpr (std::is_void_v<decltype(invoke(given, held, bound, Numbers()))>) {
                invoke(given, held, bound, Numbers());
                to << "null";
            } else {
                auto &&returned = invoke(given, held, bound, Numbers());
                write<std::decay_t<decltype(returned)>>(to, returned);
            }
        };
    }

    void perform(std::ostream &to, const Json &json) const {
        const std::vector<Json> &both = json.member("arguments")->items;
        const std::vector<Json> &names = both[0].items, &given = both[1].items;
        C &object = *constructors_.at(given[0].items.size())(given[0]);
        to << "[null";
        for (std::size_t i = 1; i < names.size(); ++i)
            methods_.at({names[i].text, given[i].items.size()})(to << ',', object, given[i]);
        to << ']';
    }

  private:
    using Held = typename Argument<C>::Held;
    std::map<std::size_t, std::function<C *(const Json &)>> constructors_;
    std::map<std::pair<std::string, std::size_t>, std::function<void(std::ostream &, C &, const Json &)>> methods_;

    template <std::size_t> using Lvalue = Argument<C>;
    template <std::size_t> using Rvalue = Passing<C>;
    template <std::size_t... I, class F>
    static decltype(auto) called_with_rvalues(const Json &given, Held &held, F &call) {
        static_assert(std::is_invocable_v<F &, Rvalue<I>...>, "no such method or constructor, or several that fit");
        return call(Passing<C>(given.items[I], held)...);
    }
    template <class F, std::size_t... I>
    static decltype(auto) invoke(const Json &given, Held &held, F &call, std::index_sequence<I...>) {
        (void)given, (void)held;
        if constexpr (std::is_invocable_v<F &, Lvalue<I>...>) return call(Argument<C>(given.items[I], held)...);
        else return called_with_rvalues<I...>(given, held, call);
    }
};

}  // namespace microcoder

#define MICROCODER_METHOD(name) \
    [](auto &object, auto &&...given) -> decltype(object.name(std::forward<decltype(given)>(given)...)) { \
        return object.name(std::forward<decltype(given)>(given)...); \
    }

int main() {
    std::ifstream file("call.json");
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    std::ostringstream result;
    try {
        const microcoder::Json json = microcoder::Parser(text).parse();
        @perform@
    } catch (const microcoder::NotPlain &error) {
        std::ofstream("result.json") << "{\"not_plain\":\"" << error.what << "\"}";
        return 0;
    }
    std::ofstream("result.json") << "{\"value\":" << result.str() << '}';
}
