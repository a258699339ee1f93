"""Who is alive: processes told apart even when their number was used again.

A server is recognised by the name we start it under (`cluster_name`), which stands in the command
line of the postmaster and in the title of each backend. Command lines are readable everywhere;
working directories and executables are not, in a container without CAP_SYS_PTRACE.
"""

import contextlib
import re
import sys
import time
from collections.abc import Iterable
from pathlib import Path

import psutil

_NAMES = ("postgres", "postgres.exe")


def birth(pid: int) -> str | None:
    """What tells this process from an earlier or later one of the same number; None when dead."""
    if sys.platform == "linux":
        # In ticks since the boot: psutil's `create_time` moves when the machine's clock is set.
        return _linux_birth(pid)
    try:
        process = psutil.Process(pid)
        return None if _is_zombie(process) else f"{process.create_time():.2f}"
    except psutil.Error:
        return None


def _linux_birth(pid: int) -> str | None:
    try:
        # The name is in parentheses and may hold anything, also spaces and parentheses.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    state, started = fields[0], fields[19]
    return None if state in "ZX" else f"{boot}/{started}"


def alive(process: psutil.Process) -> bool:
    """Whether this very process runs; a zombie that nobody reaped does not."""
    try:
        return process.is_running() and not _is_zombie(process)
    except psutil.Error:
        return False


def server(pid: int, cluster_name: str, data: Path) -> psutil.Process | None:
    """The process of that number if it is alive and belongs to our server."""
    try:
        process = psutil.Process(pid)
    except (psutil.Error, ValueError):
        return None
    return process if _belongs(process, cluster_name, data) else None


def of_server(cluster_name: str, data: Path) -> list[psutil.Process]:
    """Every living process of our server: the postmaster and its backends, also orphaned ones."""
    every = psutil.process_iter()
    return [process for process in every if _belongs(process, cluster_name, data)]


def wait_gone(processes: Iterable[psutil.Process], seconds: float) -> bool:
    """Wait until none of them is alive (`psutil.wait_procs` waits for zombies of others)."""
    deadline = time.monotonic() + seconds
    left = list(processes)
    while left := [process for process in left if alive(process)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def send(process: psutil.Process, how: int) -> None:
    """Send a signal, unless the process has gone meanwhile."""
    with contextlib.suppress(psutil.Error):
        process.send_signal(how)


def _belongs(process: psutil.Process, cluster_name: str, data: Path) -> bool:
    try:
        if process.name() not in _NAMES or _is_zombie(process):
            return False
        named = re.search(rf"\b{re.escape(cluster_name)}\b", " ".join(process.cmdline()))
        return bool(named) or _works_in(process, data)
    except psutil.Error:
        return False


def _works_in(process: psutil.Process, data: Path) -> bool:
    """Whether it is a server that somebody started by hand on our data, where we may see that."""
    try:
        return Path(process.cwd()) == data.resolve()
    except (psutil.Error, OSError):
        return False


def _is_zombie(process: psutil.Process) -> bool:
    return process.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
