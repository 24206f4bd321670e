fn main() {
    let mut turns: u64 = 0;
    loop {
        unsafe { std::ptr::write_volatile(&mut turns, turns.wrapping_add(1)) };
    }
}
