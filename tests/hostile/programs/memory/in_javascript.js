// verdict: memory_limit_exceeded, runtime_error
// limits: memory_mb=128
const kept = [];
for (;;) kept.push(Buffer.alloc(1 << 20, 1));
