require 'set'
Point = Struct.new(:x, :y, keyword_init: true) do
  include Comparable
  def <=>(other) = x <=> other.x
  def to_s = "(#{x}, #{y})"
end
module Greet
  def greet(name = 'you', *rest, loud: false, **options, &block)
    text = "hi #{name}"
    text = block.call(text) if block
    loud ? text.upcase : text
  end
end
class Base
  extend Greet
  attr_accessor :value
  def initialize(value) = @value = value
  def method_missing(name, *args) = name.to_s.end_with?('?') ? true : super
  def respond_to_missing?(name, all = false) = name.to_s.end_with?('?') || super
end
class Sub < Base
  def initialize(value, extra = 1)
    super(value)
    @value += extra
  end
end
a, b = gets.split.map(&:to_i)
puts "1 #{a + b}"
puts "2 #{Point.new(x: 1, y: 2)} #{Point.new(x: 1) < Point.new(x: 2)}"
puts "3 #{Base.greet('me', loud: true)} #{Base.greet { |t| t.reverse }}"
puts "4 #{Sub.new(4).value} #{Sub.new(1).fine?}"
puts "5 #{[3, 1, 2].sort.reverse} #{[1, 2, 3].sum { _1 * 2 }} #{%w[a b].each_with_index.to_h}"
puts "6 #{(1..4).each_slice(2).to_a} #{(1...4).reduce(:*)} #{[1, 2, 3, 4].partition(&:even?)}"
puts "7 #{'hello'.chars.tally.select { |_, n| n > 1 }} #{%w[aa b].group_by(&:size)}"
case { kind: 'circle', r: 2 }
in { kind: 'circle', r: Integer => r } if r > 1 then puts "8 circle #{r}"
end
case [1, [2, 3]]
in [x, [y, *rest]] then puts "9 #{x}#{y}#{rest}"
end
puts "10 #{nil&.length.inspect} #{[nil, 1].compact} #{nil.to_a}"
square = ->(n) { n * n }
puts "11 #{square.(4)} #{(square >> ->(n) { n + 1 }).call(3)} #{[1, 2].map(&square)}"
begin
  raise ArgumentError, 'bad'
rescue TypeError, ArgumentError => e
  puts "12 #{e.message}"
else
  puts 'no'
ensure
  puts '12 ensured'
end
fib = Enumerator.new { |out| p, q = 0, 1; loop { out << p; p, q = q, p + q } }
puts "13 #{fib.lazy.select(&:odd?).first(4)}"
h = Hash.new { |hash, key| hash[key] = key * 2 }
puts "14 #{h[2]} #{h.transform_values(&:to_s)} #{{ a: 1, b: 2 }.filter_map { |k, v| k if v > 1 }}"
puts "15 #{'a1b22'.scan(/\d+/)} #{'x-y'.gsub(/(\w)-(\w)/, '\2-\1')} #{'abc'[1..]}"
puts "16 #{2**100} #{10.divmod(-3)} #{7.fdiv(2)} #{Rational(1, 3) + 1}"
first, *middle, last = 1, 2, 3, 4
puts "17 #{first} #{middle} #{last} #{[*middle, *[9]]}"
puts "18 #{Set[1, 1, 2].size} #{[1, 2] & [2]} #{[[1, :a], [2, :b]].to_h} #{[3, 1].minmax}"
puts <<~TEXT
  19 here #{format('%05.1f|%-3s|', 3.14159, 'x')}
TEXT
catch(:done) { 10.times { |i| throw :done if i == 3 }; puts 'no' }
puts "20 #{[1, 2, 3].each_cons(2).map { |p, q| q - p }} #{1.step(7, 3).to_a} #{'ab'.each_char.zip([1, 2]).flatten} #{defined?(zzz).inspect}"
