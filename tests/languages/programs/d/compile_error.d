void main() { int x = ; }
