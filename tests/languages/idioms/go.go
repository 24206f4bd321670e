package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/bits"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type Number interface{ ~int | ~int64 | ~float64 }

func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

func Map[T, U any](xs []T, f func(T) U) []U {
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() (T, bool) {
	var zero T
	if len(s.items) == 0 {
		return zero, false
	}
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x, true
}

type Shape interface{ Area() float64 }
type Square struct{ side float64 }

func (s Square) Area() float64 { return s.side * s.side }

var ErrEmpty = errors.New("empty")

func first(xs []int) (int, error) {
	if len(xs) == 0 {
		return 0, fmt.Errorf("first: %w", ErrEmpty)
	}
	return xs[0], nil
}

func count(n int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fmt.Fprintln(out, "1", min(3, 1, 2), max(2.5, 1))
	xs := []int{5, 2, 9}
	slices.Sort(xs)
	fmt.Fprintln(out, "2", xs, slices.Contains(xs, 9), slices.Index(xs, 5), slices.Max(xs))
	m := map[string]int{"b": 2, "a": 1}
	fmt.Fprintln(out, "3", slices.Sorted(maps.Keys(m)))
	clear(m)
	fmt.Fprintln(out, "4", len(m))
	for i := range 2 {
		fmt.Fprintln(out, "5", i)
	}
	for x := range count(2) {
		fmt.Fprintln(out, "6", x)
	}
	fmt.Fprintln(out, "7", Sum(1, 2, 3), Sum(1.5, 2))
	fmt.Fprintln(out, "8", Map(xs, func(x int) string { return strings.Repeat("x", x) })[0])
	var s Stack[rune]
	s.Push('é')
	top, ok := s.Pop()
	fmt.Fprintln(out, "9", string(top), ok)
	var shape Shape = Square{3}
	switch v := shape.(type) {
	case Square:
		fmt.Fprintln(out, "10", v.Area())
	}
	if _, err := first(nil); errors.Is(err, ErrEmpty) {
		fmt.Fprintln(out, "11", err)
	}
	var wg sync.WaitGroup
	var n atomic.Int64
	for i := range 10 {
		wg.Add(1)
		go func() { defer wg.Done(); n.Add(int64(i)) }()
	}
	wg.Wait()
	fmt.Fprintln(out, "12", n.Load())
	ch := make(chan int, 3)
	go func() {
		defer close(ch)
		for i := range 3 {
			ch <- i * i
		}
	}()
	total := 0
	for v := range ch {
		total += v
	}
	fmt.Fprintln(out, "13", total)
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	select {
	case <-ctx.Done():
		fmt.Fprintln(out, "14", ctx.Err())
	}
	type pair struct {
		k string
		v int
	}
	ps := []pair{{"a", 2}, {"b", 1}}
	slices.SortFunc(ps, func(a, b pair) int { return cmp.Or(cmp.Compare(a.v, b.v), strings.Compare(a.k, b.k)) })
	fmt.Fprintln(out, "15", ps)
	before, after, found := strings.Cut("k=v", "=")
	fmt.Fprintln(out, "16", before, after, found)
	fmt.Fprintln(out, "17", bits.OnesCount(255), 1_000_000, 0b101)
	func() {
		defer func() { fmt.Fprintln(out, "18", recover()) }()
		var a []int
		_ = a[len(a)+1]
	}()
	arr := [3]int(xs)
	fmt.Fprintln(out, "19", arr, len(slices.Collect(slices.Chunk(xs, 2))))
	var once = sync.OnceValue(func() int { return 42 })
	fmt.Fprintln(out, "20", once(), once())
}
