"""The one place that knows the compiler.

`rule` compiles a small scalar function, `loop` a phase that runs over records. Both are numba's `njit` without the GIL
and without fast-math, so that a compiled function and its plain Python twin give the same bits.

numba's own on-disk cache looks only at the file a function stands in: edit a rule, and a cached loop that had inlined it
goes on answering with the old one. So the cache folder is named after the text of every source file of the package and
the versions of numba and NumPy: any edit starts a fresh cache.

`plain_twins` makes the uncompiled copies that step one agent at a time (`engine="agents"`).
"""

import contextlib
import functools
import hashlib
import os
import sys
import tempfile
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

import numba
import numpy as np

PACKAGE = Path(__file__).resolve().parent
# Every module that holds compiled code or constants that it reads; a test holds this list to the imports.
COMPILED_SOURCES = (
    "jit.py",
    "draws.py",
    "purposes.py",
    "state.py",
    "measures.py",
    "parameters.py",
    "events.py",
    "rules",
    "phases",
    "population.py",
    "week.py",
)


def source_files() -> list[Path]:
    """The source files whose text decides what compiled code does, in a fixed order."""
    found: list[Path] = []
    for name in COMPILED_SOURCES:
        path = PACKAGE / name
        found += sorted(path.glob("*.py")) if path.is_dir() else [path] if path.exists() else []
    return found


def source_digest() -> str:
    """16 hexadecimal digits that name this version of the model's sources (not of the compiler)."""
    digest = hashlib.sha256()
    for path in source_files():
        digest.update(path.relative_to(PACKAGE).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_home() -> Path:
    chosen = os.environ.get("PERSIM_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", tempfile.gettempdir())) / "persim"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "persim"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "persim"


COMPILED_VERSION = source_digest()


def _cache_folder() -> Path:
    name = f"{COMPILED_VERSION}-numba{numba.__version__}-numpy{np.__version__}-py{sys.version_info[0]}{sys.version_info[1]}"
    own = f"persim-{os.getuid() if hasattr(os, 'getuid') else 'user'}"
    for folder in (_cache_home() / name, Path(tempfile.gettempdir()) / own / name):
        if _is_ours(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="persim-"))  # nowhere to keep machine code: compile afresh in every process


def _is_ours(folder: Path) -> bool:
    """Can the folder be made and written, and does it belong to this user? Machine code of others is not run."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        probe = folder / f".writable-{os.getpid()}"
        probe.touch()
        probe.unlink()
        return not hasattr(os, "getuid") or folder.stat().st_uid == os.getuid()
    except OSError:
        return False


CACHE_FOLDER = _cache_folder()


def is_compiled_already(ledger: bool = False) -> bool:
    """Is the week of this version of the model in the cache, with a ledger or without, so that a run starts at once?"""
    return _mark(ledger).exists()


def note_compiled(ledger: bool) -> None:
    """Remember that the model is in the cache, with a ledger or without."""
    with contextlib.suppress(OSError):
        _mark(ledger).touch()


def _mark(ledger: bool) -> Path:
    return CACHE_FOLDER / ("compiled-with-ledger" if ledger else "compiled")


class Twin:
    """A function with two lives: called from Python it runs as plain Python, on any objects with the right attributes;
    called from compiled code it is compiled.

    Attributes: `py_func` is the function as written, `dispatcher` numba's side of it; `plain` runs on a call from Python.
    """

    def __init__(self, function: Callable[..., Any]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.plain = function
        # Python never calls the compiled side, so numba need not build its wrappers: half of the compile time. Nor does it
        # own an array, so it need not count references (`_nrt`), which are atomic and cost a tenth of a run.
        self.dispatcher = numba.njit(
            nogil=True,
            error_model="numpy",
            no_cpython_wrapper=True,
            no_cfunc_wrapper=True,
            _nrt=False,  # type: ignore[call-overload]
        )(function)
        _take_constants_as_numbers(self.dispatcher)

    def __call__(self, *args: Any, **named: Any) -> Any:
        return self.plain(*args, **named)

    @property
    def _numba_type_(self) -> Any:
        return numba.types.Dispatcher(self.dispatcher)


def _take_constants_as_numbers(dispatcher: Any) -> None:
    """Compile once for all integers, not once for every constant that a caller passes (70 times for `note`)."""
    resolve = dispatcher.get_call_template

    def resolve_plainly(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        plain = {name: numba.types.unliteral(kind) for name, kind in kws.items()}
        return resolve(tuple(numba.types.unliteral(kind) for kind in args), plain)

    dispatcher.get_call_template = resolve_plainly


def rule[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile one small decision: a function of the records it concerns, the parameters and its chance."""
    return cast(Function, Twin(function))


def loop[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile one phase: a loop over records that calls rules."""
    return cast(Function, Twin(function))


def entry[Function: Callable[..., Any]](function: Function) -> Function:
    """Compile a function that Python calls for a whole run; its machine code, all it calls included, is kept on disk."""
    previous, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(CACHE_FOLDER)  # type: ignore[attr-defined]
    try:
        return cast(Function, numba.njit(nogil=True, cache=True, error_model="numpy")(function))
    finally:
        numba.config.CACHE_DIR = previous  # type: ignore[attr-defined]


def plain_twins(modules: Iterable[types.ModuleType], replace: dict[str, Any] | None = None) -> dict[str, Any]:
    """Uncompiled copies of every compiled function of the modules, calling each other uncompiled.

    All twins live in one namespace, so names must be unique over the modules. `replace` puts other callables in the
    place of named functions, for every twin that calls them: the agents' engine sends rules to methods this way.

    Returns: name -> function, constants of the modules included.
    """
    space: dict[str, Any] = {"__builtins__": __builtins__}
    originals: dict[str, Any] = {}
    for module in modules:
        for name, value in vars(module).items():
            compiled = getattr(value, "py_func", None)
            if compiled is None:
                if isinstance(value, int | float) and space.setdefault(name, value) != value:
                    raise ValueError(
                        f"two constants are called {name}: {value!r} in {module.__name__}, {space[name]!r}"
                    )
                space.setdefault(name, value)
            elif compiled.__module__ == module.__name__:
                if name in originals:
                    raise ValueError(f"two compiled functions are called {name}: {compiled.__module__} and another")
                originals[name] = compiled
    for name, function in originals.items():
        space[name] = types.FunctionType(function.__code__, space, name, function.__defaults__)
        space[name].__doc__ = function.__doc__
    space.update(replace or {})
    return space
