"""The warm interpreter of a slot, and the little of ours that runs inside the jail.

``boot`` builds the jail, ``init`` is its first process, ``run`` turns a forked child into the program. All of it
runs under the interpreter that submissions use: standard library only. ``spawn.c``, ``become.c``, ``script.c`` and
``again.c`` (with ``streams.c`` and ``version.c``) do what ``init``, ``run``, ``python_main`` and ``again`` do, where
the helper was built (``_native``).
"""
