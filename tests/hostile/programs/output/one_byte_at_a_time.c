// verdict: output_limit_exceeded, time_limit_exceeded
#include <unistd.h>
int main(void) { while (write(1, "z", 1) == 1); }
