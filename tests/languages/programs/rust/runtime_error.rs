fn main() {
    let none: Vec<i32> = std::env::args().skip(1).map(|_| 1).collect();
    println!("{}", none[0]);
}
