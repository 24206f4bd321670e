defmodule Main do
  def spin, do: spin()
end
Main.spin()
