// verdict: time_limit_exceeded
// limits: wall_s=0.8 cpu_s=0.7 memory_mb=256
setInterval(() => {}, 1000);
