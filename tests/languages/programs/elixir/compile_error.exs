IO.puts("before the fault")
defmodule Broken do
