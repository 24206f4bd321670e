use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet, VecDeque};
use std::cmp::Reverse;
use std::fmt;
use std::io::{self, BufRead, Write};
use std::sync::{LazyLock, OnceLock, mpsc};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
struct Point { x: i64, y: i64 }

impl std::ops::Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self { Self { x: self.x + other.x, y: self.y + other.y } }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "<{}, {}>", self.x, self.y) }
}

trait Area { fn area(&self) -> f64; fn name(&self) -> String { "shape".into() } }
struct Square(f64);
impl Area for Square { fn area(&self) -> f64 { self.0 * self.0 } }

#[derive(Debug)]
enum Error { Parse(std::num::ParseIntError), Empty }
impl From<std::num::ParseIntError> for Error { fn from(e: std::num::ParseIntError) -> Self { Error::Parse(e) } }

fn parse(text: &str) -> Result<i32, Error> {
    let Some(first) = text.split_whitespace().next() else { return Err(Error::Empty) };
    Ok(first.parse::<i32>()?)
}

fn evens(limit: u32) -> impl Iterator<Item = u32> { (0..limit).filter(|x| x % 2 == 0) }

static TABLE: LazyLock<Vec<u64>> = LazyLock::new(|| (0..5).map(|x| x * x).collect());
static ONCE: OnceLock<i32> = OnceLock::new();

const fn square(x: u32) -> u32 { x * x }

fn sum<const N: usize>(xs: [i32; N]) -> i32 { xs.iter().sum() }

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stdin = io::stdin();
    let line = stdin.lock().lines().next().unwrap()?;
    let numbers: Vec<i64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let mut out = io::BufWriter::new(io::stdout().lock());
    writeln!(out, "1 {}", numbers.iter().sum::<i64>())?;
    writeln!(out, "2 {}", Point { x: 1, ..Default::default() } + Point { x: 2, y: 3 })?;
    let shapes: Vec<Box<dyn Area>> = vec![Box::new(Square(3.0))];
    for shape in &shapes { writeln!(out, "3 {} {}", shape.name(), shape.area())?; }
    writeln!(out, "4 {:?} {:?} {}", parse("7 x").unwrap(), parse(" ").is_err(), matches!(parse("x"), Err(Error::Parse(_))))?;
    writeln!(out, "5 {:?}", evens(7).collect::<Vec<_>>())?;
    writeln!(out, "6 {}", 7u32.div_ceil(2))?;
    writeln!(out, "7 {:?} {}", TABLE[3], ONCE.get_or_init(|| 4))?;
    let mut heap = BinaryHeap::from([Reverse(5), Reverse(1)]);
    writeln!(out, "8 {:?}", heap.pop().map(|Reverse(x)| x))?;
    let mut counts: HashMap<char, usize> = HashMap::new();
    for c in "hello".chars() { *counts.entry(c).or_default() += 1; }
    writeln!(out, "9 {}", counts[&'l'])?;
    let tree: BTreeMap<_, _> = [(2, 'b'), (1, 'a')].into_iter().collect();
    writeln!(out, "10 {:?} {:?}", tree, tree.first_key_value())?;
    let set: HashSet<i32> = (0..5).collect();
    writeln!(out, "11 {} {}", set.len(), set.iter().filter(|&&x| x > 2).count())?;
    let mut queue = VecDeque::from(vec![1, 2, 3]);
    queue.rotate_left(1);
    writeln!(out, "12 {:?}", queue)?;
    let label = match 42 { n @ 40..=50 if n % 2 == 0 => format!("{n:>5}"), _ => "none".to_string() };
    writeln!(out, "13 {label}")?;
    if let [first, .., last] = numbers.as_slice() { writeln!(out, "14 {first} {last}")?; }
    writeln!(out, "15 {} {}", square(5), sum([1, 2, 3]))?;
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| { for i in 0..3 { let sender = sender.clone(); scope.spawn(move || sender.send(i).unwrap()); } });
    drop(sender);
    let mut got: Vec<i32> = receiver.into_iter().collect();
    got.sort_unstable();
    writeln!(out, "16 {got:?}")?;
    let found = 'outer: loop { for i in 1.. { if i * i > 50 { break 'outer i; } } };
    writeln!(out, "17 {found}")?;
    writeln!(out, "18 {:?} {:?}", [3, 1, 2].iter().max(), "a-b".split_once('-'))?;
    writeln!(out, "19 {:?} {}", 5i32.checked_sub(i32::MIN), 7i32.rem_euclid(-3))?;
    writeln!(out, "20 {:?} {}", [1, 2, 3, 4].chunks(3).map(<[i32]>::len).collect::<Vec<_>>(), i64::from(3u8).pow(2).is_positive())?;
    Ok(())
}
