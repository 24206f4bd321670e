// verdict: time_limit_exceeded
// limits: cpu_s=0.3 memory_mb=256
for (;;) ;
