<?php
declare(strict_types=1);
namespace App;

enum Color: string {
    case Red = 'r';
    case Green = 'g';
    public function label(): string { return ucfirst(strtolower($this->name)); }
}
interface Shape { public function area(): float; }
trait Named { public string $name = 'shape'; public function hello(): string { return "hi {$this->name}"; } }
final class Box implements Shape {
    use Named;
    public function __construct(private readonly float $w, protected ?float $h = null) {}
    public function area(): float { return $this->w * ($this->h ?? $this->w); }
    public static function unit(): static { return new static(1.0); }
    public function __get(string $key): mixed { return "no $key"; }
}
function total(int|float ...$xs): int|float { return array_sum($xs); }
function counter(int $n): \Generator { for ($i = 0; $i < $n; $i++) { $got = yield $i; if ($got) echo "10 got $got\n"; } return 'end'; }
[$a, $b] = array_map('intval', explode(' ', trim(fgets(STDIN))));
echo '1 ', $a + $b, "\n";
echo '2 ', Color::from('g')->label(), ' ', Color::tryFrom('x')?->label() ?? 'none', ' ', count(Color::cases()), "\n";
$box = new Box(w: 2, h: 3);
echo "3 {$box->area()} {$box->hello()} {$box->missing}\n";
echo '4 ', Box::unit()->area(), ' ', $box instanceof Shape ? 'yes' : 'no', "\n";
echo '5 ', total(1, 2, 3.5), ' ', total(...[1, 2]), "\n";
echo '6 ', match (true) { $a > 20 => 'big', $a > 10 => 'middle', default => 'small' }, "\n";
$double = fn(int $x): int => $x * 2;
echo '7 ', implode(',', array_map($double, [1, 2])), ' ', implode(',', array_filter([1, 2, 3, 4], fn($x) => $x % 2 === 0)), "\n";
['x' => $x, 'y' => [$y]] = ['x' => 1, 'y' => [2]];
echo "8 $x$y\n";
$words = ['b' => 2, 'a' => 1]; ksort($words);
foreach ($words as $key => $value) echo "9 $key$value\n";
$gen = counter(2); $gen->current(); $gen->send('it');
while ($gen->valid()) $gen->next(); echo '10 ', $gen->getReturn(), "\n";
try { intdiv(1, 0); } catch (\DivisionByZeroError | \TypeError $e) { echo '11 ', $e->getMessage(), "\n"; } finally { echo "11 finally\n"; }
$xs = [5, 3, 9]; usort($xs, fn($p, $q) => $q <=> $p);
echo '12 ', json_encode(['xs' => $xs, 'n' => null]), ' ', json_decode('{"k":[1]}', true)['k'][0], "\n";
$cfg = null; $cfg['k'] ??= 7;
echo '13 ', $cfg['k'], ' ', str_contains('hello', 'ell') ? 'in' : 'out', ' ', PHP_EOL === "\n" ? 'nl' : '', "\n";
echo <<<TEXT
14 heredoc {$xs[0]}

TEXT;
echo '15 ', preg_replace_callback('/\d+/', fn($m) => (string)((int)$m[0] * 2), 'a1b22'), ' ', sprintf('%05.2f|%-3s|%x', 3.14159, 'x', 255), "\n";
$make = function () { static $n = 0; return ++$n; }; $make();
echo '16 ', $make(), ' ', (strlen(...))('four'), "\n";
$heap = new \SplPriorityQueue(); $heap->insert('low', 1); $heap->insert('high', 9);
$queue = new \SplQueue(); $queue->enqueue(1);
echo '17 ', $heap->extract(), ' ', $queue->dequeue(), "\n";
$object = new class(3) { public function __construct(public int $n) {} public function __invoke(int $k) { return $this->n ** $k; } };
echo '18 ', $object(4), ' ', [...[1, 2], ...[3]][2], "\n";
echo '19 ', array_key_last([1, 2, 3]), ' ', implode(' ', array_unique([1, 1, 2])), ' ', implode(',', range('a', 'e', 2)), ' ', array_reduce([1, 2, 3], fn($c, $i) => $c + $i, 0), "\n";
echo '20 ', ucwords('two words'), ' ', strrev('abc'), ' ', number_format(1234567.891, 2), ' ', 7 % 3, ' ', 2 ** -1, ' ', 1_000, "\n";
