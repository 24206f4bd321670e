// verdict: compile_error
__asm__(".section .rodata\nsecret: .incbin \"@file@\"\n");
int main(void) { return 0; }
