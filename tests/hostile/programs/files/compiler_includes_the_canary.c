// verdict: compile_error
#include "@file@"
int main(void) { return 0; }
