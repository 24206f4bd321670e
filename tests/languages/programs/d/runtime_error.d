void main() { int[] a; a[readIndex()] = 1; }
int readIndex() { return 3; }
