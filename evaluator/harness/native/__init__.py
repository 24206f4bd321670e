"""Harnesses in other languages than Python. Each keeps the submission's names apart from its own: in C++ by its place
and by qualified names, in Java by a package, in JavaScript by a module."""
