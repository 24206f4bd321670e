import std.stdio, std.algorithm, std.array, std.conv;
void main() { writeln(readln().split.map!(to!int).sum); }
