// verdict: time_limit_exceeded
// limits: cpu_s=0.1
int main(void) { for (volatile unsigned x = 0;; x++); }
