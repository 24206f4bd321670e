#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define NAME(x) _Generic((x), int: "int", double: "double", char *: "text", default: "other")
typedef struct { int x, y; } Point;
typedef struct Node { int value; struct Node *next; } Node;
typedef int (*Binary)(int, int);
enum Color { RED = 1, GREEN };
typedef union { uint32_t whole; uint8_t bytes[4]; } Word;
struct Flags { unsigned low : 3, high : 5; };
typedef struct { size_t length; int items[]; } Vector;
static int add(int a, int b) { return a + b; }
static int compare(const void *a, const void *b) { return (*(int *)a > *(int *)b) - (*(int *)a < *(int *)b); }
static inline int64_t power(int64_t base, unsigned n) { int64_t r = 1; for (; n; n >>= 1, base *= base) if (n & 1) r *= base; return r; }
static int sum(size_t n, int grid[n][n]) { int s = 0; for (size_t i = 0; i < n; i++) for (size_t j = 0; j < n; j++) s += grid[i][j]; return s; }
_Static_assert(sizeof(int32_t) == 4, "size");

int main(void) {
    int a, b;
    if (scanf("%d %d", &a, &b) != 2) return 1;
    printf("1 %d\n", a + b);
    Point p = {.y = 2}, q = p;
    printf("2 %d %d\n", q.x, (Point){3, 4}.y);
    int xs[] = {5, 3, [3] = 9};
    qsort(xs, COUNT(xs), sizeof *xs, compare);
    printf("3 %zu %d %d\n", COUNT(xs), xs[0], xs[3]);
    int key = 5, *found = bsearch(&key, xs, COUNT(xs), sizeof *xs, compare);
    printf("4 %td\n", found - xs);
    printf("5 %s %s %s\n", NAME(1), NAME(1.0), NAME((char *)"x"));
    Binary op = add;
    printf("6 %d\n", op(2, 3));
    Node *head = NULL;
    for (int i = 0; i < 3; i++) { Node *n = malloc(sizeof *n); *n = (Node){i, head}; head = n; }
    for (Node *n = head, *next; n; n = next) { printf("7 %d\n", n->value); next = n->next; free(n); }
    printf("8 %" PRId64 "\n", power(3, 30));
    char text[32];
    int length = snprintf(text, sizeof text, "%s-%03d", "ab", 7);
    printf("9 %d %s %c\n", length, text, toupper((unsigned char)text[0]));
    char words[] = "x,y,,z", *rest = words;
    int count = 0;
    for (char *word; (word = strtok(rest, ",")); rest = NULL) count += *word != 0;
    printf("10 %d\n", count);
    Word word = {.whole = 0x01020304};
    printf("11 %d\n", word.bytes[0] + word.bytes[3]);
    struct Flags flags = {.low = 5, .high = 17};
    printf("12 %u\n", flags.low + flags.high);
    Vector *v = calloc(1, sizeof *v + 2 * sizeof *v->items);
    v->length = 2; v->items[1] = 8;
    printf("13 %zu %d\n", v->length, v->items[1]);
    free(v);
    printf("14 %d\n", sum(2, (int[2][2]){{1, 2}, {3, 4}}));
    switch (GREEN) { case RED: break; case GREEN: puts("15 green"); /* fall through */ default: puts("15 more"); }
    bool big = UINT64_C(1) << 40 > INT32_MAX;
    printf("16 %d %d\n", big, 0x1F & ~7);
    printf("17 %.2f %.1f %d\n", sqrt(2), fmax(1, 2.5), (int)lround(2.5));
    printf("18 %s\n", strstr("needle in hay", "in"));
    char *end;
    long number = strtol("12rest", &end, 10);
    printf("19 %ld %s\n", number, end);
    for (int i = 0; ; i++) { if (i == 1) continue; if (i > 2) goto done; printf("20 %d\n", i); }
done:
    return 0;
}
