"""The changes of jobs in Redis that must be atomic, as scripts in Lua: Redis runs one at a time.

Times are Redis's own. The scripts use keys that are not among their arguments, so Redis Cluster is not supported.
"""

from __future__ import annotations

from evaluator.jobs.store import KEPT_GONE

_COMMON = """
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local function key(id, part) return 'microcoder:job:' .. id .. (part and ':' .. part or '') end
local function exists(id) return redis.call('EXISTS', key(id)) == 1 end
local function field(id, name) return redis.call('HGET', key(id), name) end
local function suite(name) return 'microcoder:job-suite:' .. name end
local function tell(id) redis.call('PUBLISH', 'microcoder:jobs', id) end
local function resize(id, size)
  redis.call('INCRBY', 'microcoder:jobs:size', size - tonumber(field(id, 'size')))
  redis.call('HSET', key(id), 'size', size)
end
local function drop_work(id)
  for _, name in ipairs(redis.call('SMEMBERS', key(id, 'needs'))) do
    redis.call('SREM', suite(name) .. ':jobs', id)
    if redis.call('EXISTS', suite(name) .. ':jobs') == 0 then redis.call('UNLINK', suite(name)) end
  end
  redis.call('UNLINK', key(id, 'needs'), key(id, 'submissions'))
end
local function remove(id)
  local owner = field(id, 'owner')
  if owner then redis.call('HSET', 'microcoder:jobs:gone-owners', id, owner) end
  drop_work(id)
  resize(id, 0)
  local name = field(id, 'idempotency')
  if name then redis.call('DEL', 'microcoder:job-key:' .. name) end
  redis.call('UNLINK', key(id), key(id, 'reports'), key(id, 'order'), key(id, 'holder'), key(id, 'deliverer'))
  for _, index in ipairs({'open', 'over', 'due', 'cancelled'}) do
    redis.call('ZREM', 'microcoder:jobs:' .. index, id)
  end
  redis.call('ZADD', 'microcoder:jobs:gone', now(), id)
  while redis.call('ZCARD', 'microcoder:jobs:gone') > KEPT_GONE do
    redis.call('HDEL', 'microcoder:jobs:gone-owners', redis.call('ZPOPMIN', 'microcoder:jobs:gone')[1])
  end
  tell(id)
end
local function owner_of(id) return field(id, 'owner') or '' end
local function size() return tonumber(redis.call('GET', 'microcoder:jobs:size') or '0') end
-- The owner's own jobs first. Of each group, those with an undelivered webhook last: their clients may know nothing.
local function evictable(owner)
  local groups, sorted = {{}, {}, {}, {}}, {}
  for _, id in ipairs(redis.call('ZRANGE', 'microcoder:jobs:over', 0, -1)) do
    local group = redis.call('ZSCORE', 'microcoder:jobs:due', id) and 2 or 1
    if owner_of(id) ~= owner then group = group + 2 end
    table.insert(groups[group], id)
  end
  for _, group in ipairs(groups) do
    for _, id in ipairs(group) do table.insert(sorted, id) end
  end
  return sorted
end
local function evict(most, owner)
  if size() <= most then return end
  for _, id in ipairs(evictable(owner)) do
    if size() <= most then return end
    remove(id)
  end
end
local function held(id, part, me, lease)
  local holder = redis.call('GET', key(id, part))
  if holder and holder ~= me then return false end
  redis.call('SET', key(id, part), me, 'PX', lease)
  return true
end
""".replace("KEPT_GONE", str(KEPT_GONE))

ADD = (
    _COMMON
    + """
local id, total, bytes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local most_jobs, most_bytes = tonumber(ARGV[4]), tonumber(ARGV[5])
local webhook, name, fingerprint, owner = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local own_jobs, own_bytes = tonumber(ARGV[10]), tonumber(ARGV[11])
if exists(id) then return {'added', id} end
if name ~= '' then
  local known = redis.call('GET', 'microcoder:job-key:' .. name)
  if known then return {field(known, 'fingerprint') == fingerprint and 'known' or 'reused', known} end
end
for i = 12, #ARGV do
  if redis.call('EXISTS', suite(ARGV[i])) == 0 then return {'again', ''} end
end
if redis.call('ZCARD', 'microcoder:jobs:open') >= most_jobs then return {'many', ''} end
local own, taken = 0, 0
for _, each in ipairs(redis.call('ZRANGE', 'microcoder:jobs:open', 0, -1)) do
  if owner_of(each) == owner then
    own, taken = own + 1, taken + tonumber(field(each, 'size'))
  end
end
if own >= own_jobs then return {'own many', ''} end
if taken + bytes > own_bytes then return {'own full', ''} end
local freed = 0
for _, each in ipairs(evictable(owner)) do freed = freed + tonumber(field(each, 'size')) end
if size() - freed + bytes > most_bytes then return {'full', ''} end
evict(most_bytes - bytes, owner)
local time, number = now(), redis.call('INCR', 'microcoder:jobs:number')
redis.call('HSET', key(id), 'total', total, 'created', time, 'size', 0, 'reported', 0)
if owner ~= '' then redis.call('HSET', key(id), 'owner', owner) end
resize(id, bytes)
redis.call('PERSIST', key(id, 'submissions'))
for i = 12, #ARGV do
  redis.call('PERSIST', suite(ARGV[i]))
  redis.call('SADD', suite(ARGV[i]) .. ':jobs', id)
  redis.call('SADD', key(id, 'needs'), ARGV[i])
end
if webhook ~= '' then redis.call('HSET', key(id), 'webhook', webhook, 'delivery', 'waiting') end
if name ~= '' then
  redis.call('HSET', key(id), 'idempotency', name, 'fingerprint', fingerprint)
  redis.call('SET', 'microcoder:job-key:' .. name, id)
end
if total > 0 then
  redis.call('ZADD', 'microcoder:jobs:open', number, id)
else
  redis.call('HSET', key(id), 'over', time)
  redis.call('ZADD', 'microcoder:jobs:over', time, id)
  if webhook ~= '' then redis.call('ZADD', 'microcoder:jobs:due', time, id) end
end
return {'added', id}
"""
)
RECORD = (
    _COMMON
    + """
local id, time, added = ARGV[1], now(), 0
if not exists(id) then return 0 end
redis.call('HSETNX', key(id), 'started', time)
for i = 2, #ARGV, 3 do
  local place, verdict, body = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if redis.call('HSETNX', key(id, 'reports'), place, body) == 1 then
    redis.call('RPUSH', key(id, 'order'), place)
    redis.call('HINCRBY', key(id), 'verdict:' .. verdict, 1)
    redis.call('HINCRBY', key(id), 'reported', #body)
    resize(id, tonumber(field(id, 'size')) + #body)
    added = added + 1
  end
end
if added > 0 and redis.call('LLEN', key(id, 'order')) == tonumber(field(id, 'total')) then
  drop_work(id)
  resize(id, tonumber(field(id, 'reported')))
  redis.call('HSET', key(id), 'over', time)
  redis.call('DEL', key(id, 'holder'))
  redis.call('ZREM', 'microcoder:jobs:open', id)
  redis.call('ZREM', 'microcoder:jobs:cancelled', id)
  redis.call('ZADD', 'microcoder:jobs:over', time, id)
  if field(id, 'delivery') == 'waiting' then redis.call('ZADD', 'microcoder:jobs:due', time, id) end
end
tell(id)
return 1
"""
)
CANCEL = (
    _COMMON
    + """
local id = ARGV[1]
local number = redis.call('ZSCORE', 'microcoder:jobs:open', id)
if number then
  redis.call('HSET', key(id), 'cancelled', 1)
  redis.call('ZADD', 'microcoder:jobs:cancelled', number, id)
  tell(id)
end
return 1
"""
)
FORGET = (
    _COMMON
    + """
if not exists(ARGV[1]) then return 0 end
remove(ARGV[1])
return 1
"""
)
TAKE = (
    _COMMON
    + """
local part, me, lease = ARGV[1], ARGV[2], ARGV[3]
local function set(list)
  local found = {}
  for _, each in ipairs(cjson.decode(list)) do found[each] = true end
  return found
end
local holding, busy = set(ARGV[4]), set(ARGV[5])
local function taken(index, last, even_busy)
  for _, id in ipairs(redis.call('ZRANGE', 'microcoder:jobs:' .. index, '-inf', last, 'BYSCORE')) do
    if not holding[id] and (even_busy or not busy[owner_of(id)]) and held(id, part, me, lease) then return id end
  end
  return false
end
if part == 'deliverer' then return taken('due', now(), false) end
return taken('cancelled', '+inf', true) or taken('open', '+inf', false)
"""
)
HOLD = (
    _COMMON
    + """
local id, me, lease = ARGV[1], ARGV[2], ARGV[3]
if not redis.call('ZSCORE', 'microcoder:jobs:open', id) or not held(id, 'holder', me, lease) then return 'lost' end
return field(id, 'cancelled') and 'cancelled' or 'held'
"""
)
RELEASE = (
    _COMMON
    + """
local id, part, me = ARGV[1], ARGV[2], ARGV[3]
if redis.call('GET', key(id, part)) == me then redis.call('DEL', key(id, part)) end
"""
)
ATTEMPTED = (
    _COMMON
    + """
local id, delivery, again_ms = ARGV[1], ARGV[2], tonumber(ARGV[3])
if not exists(id) then return 0 end
redis.call('HINCRBY', key(id), 'attempts', 1)
redis.call('HSET', key(id), 'delivery', delivery)
redis.call('DEL', key(id, 'deliverer'))
if delivery == 'waiting' then
  redis.call('ZADD', 'microcoder:jobs:due', now() + again_ms, id)
else
  redis.call('ZREM', 'microcoder:jobs:due', id)
end
tell(id)
return 1
"""
)
SWEEP = (
    _COMMON
    + """
for _, id in ipairs(redis.call('ZRANGE', 'microcoder:jobs:over', '-inf', now() - tonumber(ARGV[1]), 'BYSCORE')) do
  remove(id)
end
evict(tonumber(ARGV[2]), '')
"""
)
