#!/usr/bin/env python3
"""Set up persim in this folder and run it. Starts on Python 3.8 or newer; finds or fetches a newer one.

    python3 run.py demo              the example; any other word works as `persim WORD ...` does
    python3 run.py test              every check: format, lint, imports, types, tests
    python3 run.py test -k panel     only pytest, with these options
    python3 run.py gate --fast       every check but the tests

The set-up goes to .tools (the installer, uv) and .venv (everything else). To start over, delete both.
"""

import contextlib
import glob
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

if sys.platform != "win32":
    import fcntl

OLDEST, NEWEST = (3, 12), (3, 14)  # raise NEWEST once every dependency has wheels for it
EXTRAS = "[app,calibrate,cluster,decide,report]"  # optional dependencies that every set-up gets

ROOT = Path(__file__).resolve().parent
PYPROJECT, LOCK = ROOT / "pyproject.toml", ROOT / "requirements" / "lock.txt"
BIN, EXE = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
TOOLS, VENV = ROOT / ".tools", ROOT / ".venv"
PYTHON, PERSIM, STAMP = VENV / BIN / f"python{EXE}", VENV / BIN / f"persim{EXE}", VENV / ".persim-setup"


def main(what="--help", *rest):
    """Set up if needed, then become the command asked for."""
    if what in ("-h", "--help"):
        sys.exit(print(__doc__))
    set_up()
    command = [str(PERSIM), what, *rest]
    if what in ("test", "gate"):
        os.chdir(ROOT)
        command[:2] = [str(PYTHON), "-mpytest" if what == "test" and rest else "scripts/gate.py"]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


def set_up():
    """Make .venv, unless it is there and holds what pyproject.toml and the lock file name."""
    if is_ready():
        return
    with one_at_a_time():
        if is_ready():  # made while we waited
            return
        python = find_python()
        uv = find_uv(python)
        say("using " + (python or "a Python 3.13 that uv fetches (no 3.12 to 3.14 found here)"))
        if run(uv, "venv", "--quiet", "--clear", "--python", python or "3.13", VENV):
            sys.exit("persim needs Python 3.12 or newer, and uv could get none. Install one; run this again.")
        say("installing the packages; the first time takes from seconds to minutes")
        wanted = ["--editable", f"{ROOT}{EXTRAS}", "--group", f"{PYPROJECT}:dev", "--constraint", LOCK]
        if run(uv, "pip", "install", "--python", VENV, *wanted, *([] if sys.stderr.isatty() else ["-q"])):
            sys.exit("The packages could not be installed: see above. Run this again to try again.")
        STAMP.write_text(digest())  # last of all: without it, an interrupted set-up starts over
        say("done")


def is_ready():
    """Say whether a set-up was finished for these very files, and its Python is still there."""
    return STAMP.exists() and STAMP.read_text() == digest() and PYTHON.exists()


def digest():
    """Sum up what decides the content of .venv: its place, for its scripts name it, and the packages to install."""
    project = PYPROJECT.read_bytes().partition(b"\n[tool.")[0]  # the rest only tunes tools
    parts = (os.fsencode(ROOT), EXTRAS.encode(), project, LOCK.read_bytes())
    return hashlib.sha256(b"\n".join(parts)).hexdigest()


def find_python():
    """Find an installed Python that persim runs on, or None."""
    home = os.path.expanduser("~")
    places = (
        os.path.dirname(sys.base_prefix) + "/3.1[2-4]*/bin/python3",  # beside this one, as pyenv has them
        (os.environ.get("PYENV_ROOT") or home + "/.pyenv") + "/versions/3.1[2-4]*/bin/python3",
        os.environ.get("LOCALAPPDATA", home) + "/Programs/Python/Python31[2-4]/python.exe",
    )
    found = [sys.executable, *map(shutil.which, ("python3.13", "python3.14", "python3.12"))]
    found += [python for place in places for python in sorted(glob.glob(place), reverse=True)]
    return next((python for python in found if python and OLDEST <= version(python) <= NEWEST), None)


def version(python):
    """Ask a Python for its version; (0, 0) if it does not start or is built without something persim needs."""
    question = "import ctypes, sqlite3, ssl, sys, sysconfig as s; print(*sys.version_info[:2])"
    question += "; assert not s.get_config_var('Py_GIL_DISABLED')"
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        answer = subprocess.run([python, "-c", question], capture_output=True, timeout=30, check=True)
        return tuple(map(int, answer.stdout.split()))
    return (0, 0)


def find_uv(python):
    """Give the uv in .tools, got with pip if need be; failing that, one on the PATH."""
    own = TOOLS / "bin" / ("uv" + EXE)
    for owner_of_pip in (sys.executable, python):
        if owner_of_pip and not starts(own):
            say("getting uv, the installer, with the pip of " + owner_of_pip)
            run(owner_of_pip, "-m", "pip", "install", "-q", "--upgrade", "--target", TOOLS, "uv>=0.8")
    uv = next(filter(starts, (own, shutil.which("uv") or own)), None)
    return uv or sys.exit("pip could not get uv: see above. Check the network or install uv; run this again.")


def starts(program):
    """Say whether a program is there, whole, and made for this machine."""
    with contextlib.suppress(OSError):
        return subprocess.run([str(program), "--version"], capture_output=True).returncode == 0
    return False


def run(*command):
    """Run an installer's command, its output on stderr; return its exit status."""
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    env = {**os.environ, **quiet, "UV_SYSTEM_CERTS": "1"}
    if "PIP_INDEX_URL" in env:  # an organisation's own package server, which uv would not ask by itself
        env.setdefault("UV_DEFAULT_INDEX", env["PIP_INDEX_URL"])
    return subprocess.call(list(map(str, command)), cwd=str(ROOT), env=env, stdout=sys.stderr)


@contextlib.contextmanager
def one_at_a_time():
    """Wait for another set-up of this folder. The system frees the lock when its holder ends, however it ends."""
    TOOLS.mkdir(exist_ok=True)
    with open(TOOLS / "setup.lock", "w") as file:
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(text):
    """Tell how the set-up goes, away from standard output."""
    print("persim set-up:", text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. Run this again to go on.")
