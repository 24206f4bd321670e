// verdict: memory_limit_exceeded, runtime_error
static int deep(int n) { volatile char frame[4096]; frame[n % 4096] = 1; return deep(n + 1) + frame[1]; }
int main(void) { return deep(0); }
