use std::io::Read;

fn main() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    println!("{}", input.split_whitespace().map(|word| word.parse::<i64>().unwrap()).sum::<i64>());
}
