defmodule Point do
  defstruct x: 0, y: 0
  def add(%Point{x: a, y: b}, %Point{x: c, y: d}), do: %Point{x: a + c, y: b + d}
end

defprotocol Shape do
  def area(shape)
end

defimpl Shape, for: Point do
  def area(%{x: x, y: y}), do: x * y
end

defmodule Tools do
  @limit 10
  def limit, do: @limit
  def fact(0), do: 1
  def fact(n) when n > 0, do: n * fact(n - 1)
  def sum([], acc), do: acc
  def sum([head | tail], acc), do: sum(tail, acc + head)
  def greet(name, greeting \\ "hi"), do: "#{greeting} #{name}"

  def parse(text) do
    case Integer.parse(text) do
      {n, ""} -> {:ok, n}
      _ -> {:error, "bad #{text}"}
    end
  end

  defmacro twice(expression), do: quote(do: unquote(expression) * 2)
  defguard is_small(n) when is_integer(n) and n < @limit
  def size(n) when is_small(n), do: :small
  def size(_), do: :large
end

defmodule Stack do
  use Agent
  def start_link(_), do: Agent.start_link(fn -> [] end, name: __MODULE__)
  def push(x), do: Agent.update(__MODULE__, &[x | &1])
  def all, do: Agent.get(__MODULE__, & &1)
end

defmodule Main do
  require Tools

  def run do
    [a, b] = IO.read(:stdio, :line) |> String.split() |> Enum.map(&String.to_integer/1)
    IO.puts("1 #{a + b}")
    IO.puts("2 #{Tools.fact(20)} #{Tools.sum([1, 2, 3], 0)}")
    IO.inspect(Enum.sort([5, 3, 8], :desc), label: "3")
    counts = Enum.frequencies(~w(a b a))
    IO.inspect(counts, label: "4")
    IO.puts("5 #{inspect(Point.add(%Point{x: 1}, %Point{y: 2}))}")
    IO.puts("6 #{Shape.area(%Point{x: 3, y: 4})}")
    IO.puts("7 #{Tools.greet("Ann")} #{Tools.greet("Bob", "yo")}")
    IO.inspect([Tools.parse("42"), Tools.parse("x")], label: "8")

    with {:ok, n} <- Tools.parse("5"), {:ok, m} <- Tools.parse("y") do
      IO.puts("9 #{n + m}")
    else
      {:error, reason} -> IO.puts("9 #{reason}")
    end

    IO.puts("10 #{Tools.twice(21)} #{Tools.size(3)} #{Tools.size(30)} #{Tools.limit()}")
    IO.inspect(for(x <- 1..3, y <- 1..3, x < y, do: {x, y}), label: "11")
    IO.inspect(for(w <- ["x", "yy"], into: %{}, do: {w, String.length(w)}), label: "12")
    1..10 |> Stream.filter(&(rem(&1, 2) == 0)) |> Stream.map(&(&1 * &1)) |> Enum.take(3) |> IO.inspect(label: "13")
    {:ok, _} = Stack.start_link([])
    Enum.each([1, 2], &Stack.push/1)
    IO.inspect(Stack.all(), label: "14")

    result =
      try do
        raise ArgumentError, message: "no"
      rescue
        error in ArgumentError -> error.message
      end

    IO.puts("15 #{result}")
    fib = Stream.unfold({0, 1}, fn {x, y} -> {x, {y, x + y}} end)
    IO.inspect(Enum.at(fib, 30), label: "16")
    IO.puts("17 " <> (Task.async(fn -> 6 * 7 end) |> Task.await() |> to_string()))
    updated = %{counts | "a" => 9} |> Map.update("b", 0, &(&1 + 1)) |> Map.put_new("c", 0)
    IO.inspect(Map.to_list(updated), label: "18")
    <<first::utf8, rest::binary>> = "hello"
    IO.puts("19 #{<<first>>} #{rest} #{String.pad_leading("7", 3, "0")} #{:io_lib.format("~.2f", [3.14159])}")
    send(self(), {:value, 5})

    receive do
      {:value, n} -> IO.inspect({n, Enum.reduce(1..5, &*/2), MapSet.new([1, 1]) |> MapSet.size(), Enum.chunk_every([1, 2, 3], 2)}, label: "20")
    end
  end
end

Main.run()
