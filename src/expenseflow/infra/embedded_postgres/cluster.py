"""The server itself: make its data, start it, recognise it, stop it. Always under the lock."""

import os
import re
import secrets
import shlex
import shutil
import signal
import time
from pathlib import Path

import psutil

from expenseflow.infra.embedded_postgres import addresses, processes, programs
from expenseflow.infra.embedded_postgres.addresses import Address, TcpAddress
from expenseflow.infra.embedded_postgres.binaries import Binaries
from expenseflow.infra.embedded_postgres.errors import EmbeddedPostgresError
from expenseflow.infra.embedded_postgres.homes import Home

# A slow disk and a log to be replayed after a crash: 8.7 s were measured once, for 0.7 s of work.
START_PATIENCE = 60.0
# What a dead server left behind goes away within moments, or is removed by us.
RETRY_PATIENCE = 10.0
_STATUS_LINE = 7
_READY = ("ready", "standby")
_PASSING = re.compile(r"(?i)lock file|shared memory|address already in use|could not bind")
_TELLING = re.compile(r"(?:FATAL|PANIC|ERROR|error|fatal):\s*(.+)")

_SETTINGS = {
    "max_connections": "200",
    "shared_buffers": "64MB",
    "max_wal_size": "256MB",
    "min_wal_size": "64MB",
    # A container's /dev/shm is small, and so are our queries.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    # A file a day of the week, written over when the day comes back.
    "logging_collector": "on",
    "log_directory": "../log",
    "log_filename": "postgresql-%u.log",
    "log_truncate_on_rotation": "on",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_file_mode": "0600",
    "log_checkpoints": "off",
    # No values of anybody's rows in the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


def major_of_data(home: Home) -> int | None:
    """The major version that made the data; None when there are none yet."""
    try:
        return int((home.data / "PG_VERSION").read_text().split(".")[0])
    except FileNotFoundError:
        if home.data.exists():
            raise EmbeddedPostgresError(
                f"{home.data} is no data folder of PostgreSQL; move it out of the way"
            ) from None
        return None


def initialise(home: Home, binaries: Binaries, address: Address) -> None:
    """Make an empty database, which appears in one step when it is complete."""
    for left in home.path.glob("data.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    fresh = home.path / f"data.new-{secrets.token_hex(4)}"
    output = home.path / "initdb.log"
    for locale in _locales(binaries.major):
        command = [binaries.program("initdb"), "-D", fresh.name, "-U", addresses.DATABASE_USER]
        command += ["--encoding=UTF8", "--auth-local=trust", "--auth-host=scram-sha-256", *locale]
        if _initdb(home, command, address, output=output) == 0:
            fresh.rename(home.data)
            _sync(home.path)
            return
        shutil.rmtree(fresh, ignore_errors=True)
    raise EmbeddedPostgresError(
        f"PostgreSQL cannot make a database in {home.path}: {_reason(output)} (see {output})"
    )


def _initdb(home: Home, command: list[str], address: Address, *, output: Path) -> int:
    if not isinstance(address, TcpAddress):
        return programs.run(home, command, seconds=START_PATIENCE, output=output)
    password = home.path / f"password-{secrets.token_hex(4)}"
    addresses.write_password(password, address, uid=home.uid)
    try:
        command = [*command, f"--pwfile={password.name}"]
        return programs.run(home, command, seconds=START_PATIENCE, output=output)
    finally:
        password.unlink(missing_ok=True)


def _locales(major: int) -> list[list[str]]:
    if major >= 17:  # noqa: PLR2004  # the release that brought the builtin provider
        return [["--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]]
    # The operating system need not know C.UTF-8; plain C upper-cases ASCII only.
    return [["--locale=C.UTF-8"], ["--no-locale"]]


def _sync(folder: Path) -> None:
    if os.name == "posix":
        fd = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)


def running(home: Home) -> psutil.Process | None:
    """Our server, alive and ready; waits for one that is just starting.

    `postmaster.pid` alone proves nothing: its number may be a zombie's that nobody reaps, or have
    been used again, even by another PostgreSQL.
    """
    deadline = time.monotonic() + START_PATIENCE
    while (server := found(home)) is not None:
        if _status(home) in _READY:
            return server
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"PostgreSQL (process {server.pid}) has not become ready within"
                f" {START_PATIENCE:.0f} s; see {home.log}"
            )
        time.sleep(0.02)
    return None


def found(home: Home) -> psutil.Process | None:
    """Our server if it is alive, ready or not."""
    first = _pid_file(home)[:1]
    if not first or not first[0].strip().isdecimal():
        return None
    return processes.server(int(first[0]), home.cluster_name, home.data)


def _status(home: Home) -> str:
    lines = _pid_file(home)
    return lines[_STATUS_LINE].strip() if len(lines) > _STATUS_LINE else ""


def _pid_file(home: Home) -> list[str]:
    try:
        return (home.data / "postmaster.pid").read_text(errors="replace").splitlines()
    except OSError:
        return []


def start(home: Home, binaries: Binaries, address: Address) -> psutil.Process:
    """Start the server, clearing away what a dead one left."""
    deadline = time.monotonic() + RETRY_PATIENCE
    while True:
        _end_orphans(home)
        (home.data / "postmaster.pid").unlink(missing_ok=True)
        address.sweep()
        home.startup_log.unlink(missing_ok=True)
        code = programs.run(home, _start_command(home, binaries, address), seconds=90)
        server = running(home)
        if server is not None:
            return server
        reason = _reason(home.startup_log, *sorted(home.log.glob("*.log"), key=_age))
        if not _PASSING.search(reason) or time.monotonic() > deadline:
            raise EmbeddedPostgresError(
                f"PostgreSQL {binaries.version} does not start (pg_ctl: {code}): {reason};"
                f" see {home.startup_log} and {home.log}"
            )
        time.sleep(0.1)


def _start_command(home: Home, binaries: Binaries, address: Address) -> list[str]:
    settings = {"cluster_name": home.cluster_name, **address.settings, **_SETTINGS}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    command = [binaries.program("pg_ctl"), "start", "-w", "-t", f"{START_PATIENCE:.0f}"]
    return [*command, "-D", "data", "-l", home.startup_log.name, "-o", shlex.join(options)]


def _end_orphans(home: Home) -> None:
    """End the backends of a killed server: they hold the shared memory that a new one needs.

    Most go by themselves; one that is busy does not look. Whatever is not committed is lost with
    the server anyway, and what is committed is in the write-ahead log.
    """
    orphans = processes.of_server(home.cluster_name, home.data)
    for how in (signal.SIGTERM, getattr(signal, "SIGQUIT", signal.SIGTERM), _KILL):
        if processes.wait_gone(orphans, 0.3):
            return
        for orphan in orphans:
            processes.send(orphan, how)
    processes.wait_gone(orphans, 5.0)


_KILL = getattr(signal, "SIGKILL", signal.SIGTERM)


def stop(home: Home, binaries: Binaries) -> None:
    """Stop the server: sessions are cut off, what is committed is kept."""
    server = found(home)
    if server is None:
        return
    command = [binaries.program("pg_ctl"), "stop", "-D", "data", "-m", "fast", "-w", "-t", "60"]
    programs.run(home, command, seconds=70)
    if not processes.wait_gone([server], 5.0):
        raise EmbeddedPostgresError(
            f"PostgreSQL (process {server.pid}) does not stop; see {home.log}"
        )


def _reason(*logs: Path) -> str:
    """The last complaint in the first log that has one, in one line."""
    for log in logs:
        try:
            found = _TELLING.findall(log.read_text(errors="replace")[-20_000:])
        except OSError:
            continue
        if found:
            return found[-1].strip()
    return "no reason given"


def _age(log: Path) -> float:
    return -log.stat().st_mtime
