"""The warm interpreter of a slot, and the little of ours that runs inside the jail.

``boot`` builds the jail, ``init`` is its first process, ``run`` turns a forked child into the program. All of it
runs under the interpreter that submissions use: standard library only. Where the helper in C was built (``_native``),
``init.c``, ``child.c`` and ``script.c`` do what ``init``, ``run`` and ``python_main`` do, and ``batch.c`` runs several
tests in one process, which only the helper can do. ``protocol`` is what both must agree on.
"""
