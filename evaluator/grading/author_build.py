"""Programs of a suite's author that a script makes: ``build`` runs once, in the jail of compilers, and what it leaves
is kept as one archive, which is unpacked beside each run's files.

Both scripts are those of the problem package format ("programs"): ``build`` leaves the file to execute.
"""

from __future__ import annotations

from sandbox.toolchain import Language

_ARCHIVE = "program.tar"
_BUILD = f"""
chmod -R u+x . || exit 1
if [ -n "$1" ]; then "./$1" >&2 || {{ echo "$1 ended with exit code $?" >&2; exit 1; }}; fi
[ -f "$2" ] || {{ echo "$1 left no file $2" >&2; exit 1; }}
chmod u+x "$2" && tar --exclude=./{_ARCHIVE} -cf {_ARCHIVE} .
"""
_RUN = f'tar -x -o -f {_ARCHIVE} && rm {_ARCHIVE} && exec "./$0" "$@"'
_SHELL = "sh"


def scripts(build: str | None, run: str) -> Language:
    """Return the language of programs that a script makes: compiled by ``build``, if there is one, and started as
    ``run``."""
    return Language(
        name="scripts",
        aliases=(),
        source=f"{_ARCHIVE}.txt",
        version=(_SHELL,),
        compile=(_SHELL, "-c", _BUILD, _SHELL, build or "", run),
        run=(_SHELL, "-c", _RUN, run),
        artefact=_ARCHIVE,
    )
