local a, b = io.read('n', 'n')
print(1, a + b)
local Point = {} Point.__index = Point
Point.__add = function(p, q) return setmetatable({x = p.x + q.x}, Point) end
Point.__tostring = function(p) return 'P' .. p.x end
Point.__lt = function(p, q) return p.x < q.x end
function Point.new(x) return setmetatable({x = x}, Point) end
function Point:double() return self.x * 2 end
print(2, tostring(Point.new(1) + Point.new(2)), Point.new(1) < Point.new(2), Point.new(4):double())
local Sub = setmetatable({}, {__index = Point}) Sub.__index = Sub
function Sub.new(x) return setmetatable(Point.new(x), Sub) end
print(3, Sub.new(5):double())
local function sum(...) local s = 0 for _, v in ipairs({...}) do s = s + v end return s, select('#', ...) end
print(4, sum(1, 2, 3))
local t = {5, 3, 9, n = 1}
table.sort(t, function(p, q) return p > q end)
print(5, table.concat(t, ','), #t, t.n)
local function counter() local n = 0 return function() n = n + 1 return n end end
local c = counter() c()
print(6, c())
local co = coroutine.wrap(function(x) for i = 1, 2 do x = coroutine.yield(x + i) end return 'end' end)
print(7, co(10), co(20), co(0))
print(8, select(2, pcall(error, {code = 7})).code, select(2, pcall(error, 'bad', 0)))
print(9, ('hello world'):gsub('o', '0'), ('k=v'):match('(%w)=(%w)'))
for word in ('a b'):gmatch('%a') do print(10, word) end
print(11, 7 // 2, 7 % -3, 2 ^ 10, 7 / 2, 5 & 3, 1 << 4, 5 ~ 1)
print(12, math.type(1), math.type(1.0), math.maxinteger + 1 == math.mininteger, 10 // 0.3)
for i = 3, 1, -1 do if i == 2 then goto continue end print(13, i) ::continue:: end
local i = 0 repeat i = i + 1 until i >= 3
print(14, i)
print(15, string.format('%05.1f|%-3s|%x|%q', 3.14159, 'x', 255, 'q'))
table.insert(t, 1, 0) table.remove(t)
print(16, table.unpack(t))
local cache = setmetatable({}, {__index = function(self, k) local v = k * k rawset(self, k, v) return v end})
print(17, cache[4], rawget(cache, 4), next({}) == nil)
print(18, ('abc'):rep(2, '-'), ('abc'):sub(-2), ('abc'):byte(1), #'abc', ('x'):upper())
local nums = table.pack(table.unpack({1, 2, 3}, 2))
print(19, nums.n, utf8.len('é'), tostring(nil), tonumber('0x10'), tonumber('z', 36))
local value <const> = 5
do local closed <close> = setmetatable({}, {__close = function() print(20, 'closed') end}) print(20, value) end
