"""A root file system for each stage: this machine's own, with what the stage writes laid over it.

A stage runs in a mount namespace of its own, in a root where nothing of ours is: no sources, no
home folder, nothing in /tmp, and none of the tools that a slim image has not. What it writes lies
in one folder, from which the next stage copies. That is no container, and needs none: it is an
overlay and `chroot`, which takes root on Linux.

What it cannot show: the base image's own Python, Node and system libraries are this machine's.
"""

import os
import platform
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
HIDDEN = ("/tmp", "/root", "/home", "/src", "/dist", "/usr/lib/postgresql", str(ROOT))  # noqa: S108  # covered up
ABSENT = ("git", "gcc", "cc", "c++", "g++", "make", "curl", "wget", "cargo", "rustc",
          "postgres", "initdb", "pg_ctl", "psql")  # fmt: skip
"""What no slim image has, so that a build that needs it fails here too."""
_PASSED_ON = ("PIP_", "npm_config_", "NPM_CONFIG_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
              "http_proxy", "https_proxy", "no_proxy", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS",
              "REQUESTS_CA_BUNDLE")  # fmt: skip
_SET_UP = """
set -eu
work=$(mktemp -d {folder}/work.XXXXXX)
mount -t overlay overlay -o lowerdir=/,upperdir={upper},workdir=$work {merged}
mount --rbind /proc {merged}/proc
mount --rbind /dev {merged}/dev
{binds}
{read_only}
exec chroot {merged} "$@"
"""
_READ_ONLY = """
mount -t tmpfs -o mode=1777 tmpfs {merged}/tmp
mount -o remount,ro {merged}
"""


@cache
def refusal() -> str | None:
    """Why no such root can be made here."""
    if platform.system() != "Linux" or os.geteuid() != 0:
        return "a root of its own takes Linux and root"
    tried = subprocess.run(
        ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return None if tried.returncode == 0 else f"no mounts in a namespace: {tried.stderr.strip()}"


def needed() -> None:
    """Skip the test where it cannot run; fail it in CI, where nobody reads what was left out."""
    reason = refusal()
    if reason and os.environ.get("CI", "") not in ("", "0", "false"):
        pytest.fail(f"The Dockerfile could not be tried: {reason}")
    if reason:
        pytest.skip(f"The Dockerfile is not tried: {reason}")


@dataclass(slots=True)
class Root:
    """One stage's file system, in `folder`."""

    folder: Path
    binds: dict[Path, str] = field(default_factory=dict[Path, str])
    """What of this machine is seen in it, and where; caches, and programs from hidden folders."""

    def __post_init__(self) -> None:
        for name in ("upper", "merged"):
            (self.folder / name).mkdir(parents=True)
        for hidden in filter(os.path.isdir, HIDDEN):
            own = self.inside(hidden)
            own.mkdir(parents=True, exist_ok=True)
            own.chmod(0o1777 if hidden == "/tmp" else 0o755)  # noqa: S108  # our own
            os.setxattr(own, "trusted.overlay.opaque", b"y")
        for name in ABSENT:
            self._take_away(name)

    def inside(self, path: str) -> Path:
        """Where what is written to this absolute path lies on this machine."""
        return self.folder / "upper" / path.lstrip("/")

    def show(self, path: Path, at: str) -> None:
        """Let something of this machine be seen in it."""
        target = self.inside(at)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        self.binds[path] = at

    def program(self, name: str, path: Path, home: Path) -> None:
        """Put a program of this machine, installed in `home`, into the PATH by this name."""
        real = path.resolve()
        if any(real.is_relative_to(hidden) for hidden in HIDDEN):
            self.show(home, str(home))
        own = self.inside(f"/usr/local/bin/{name}")
        own.parent.mkdir(parents=True, exist_ok=True)
        own.symlink_to(real)

    def command(
        self,
        words: list[str],
        env: Mapping[str, str],
        *,
        workdir: str,
        user: str | None = None,
        read_only: bool = False,
    ) -> list[str]:
        """The words that run these words in it; without a user as root."""
        merged = shlex.quote(str(self.folder / "merged"))
        script = _SET_UP.format(
            upper=shlex.quote(str(self.folder / "upper")),
            folder=shlex.quote(str(self.folder)),
            merged=merged,
            binds="\n".join(
                f"mount --rbind {shlex.quote(str(path))} {merged}{shlex.quote(at)}"
                for path, at in self.binds.items()
            ),
            read_only=_READ_ONLY.format(merged=merged) if read_only else "",
        )
        as_user: list[str] = []
        if user:
            uid, _, gid = user.partition(":")
            as_user = ["setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups",
                       "--no-new-privs", "--bounding-set=-all"]  # fmt: skip
        return [
            "unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh",
            *as_user,
            "env", "-i", "-C", workdir, *(f"{name}={value}" for name, value in env.items()),
            *words,
        ]  # fmt: skip

    def _take_away(self, name: str) -> None:
        for folder in ("/usr/bin", "/usr/local/bin", "/usr/sbin"):
            if os.path.lexists(f"{folder}/{name}"):
                gone = self.inside(f"{folder}/{name}")
                gone.parent.mkdir(parents=True, exist_ok=True)
                os.mknod(gone, stat.S_IFCHR, os.makedev(0, 0))  # how an overlay says "removed"


def environment(base: str, root: Root) -> dict[str, str]:
    """Make of a fresh root what an official image is, and tell its environment.

    How this machine reaches the package indexes (proxies, mirrors, certificates) is passed on, as
    the builder's own network is to a build.
    """
    passed_on = {k: v for k, v in os.environ.items() if k.startswith(_PASSED_ON)}
    for name in (".npmrc", ".config/pip/pip.conf", ".pip/pip.conf"):
        if (Path.home() / name).is_file():
            root.show(Path.home() / name, f"/root/{name}")
    search = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    match base.partition(":")[0]:
        case "python":
            search = f"{_python(root)}:{search}"
        case "node":
            for name in ("node", "npm"):
                path = _node(name)
                root.program(name, path, path.resolve().parents[1])
        case other:
            raise ValueError(f"FROM {other}: not known what that would be on this machine")
    return {"PATH": search, "HOME": "/root", **passed_on}


def _python(root: Root) -> str:
    """The folder of this machine's Python.

    Not a link to it: an environment made with that would look for the library beside the link.
    """
    folder = Path(sys.base_prefix) / "bin"
    if any(folder.is_relative_to(hidden) for hidden in HIDDEN):
        root.show(folder.parent, str(folder.parent))
        assert (folder / "python").exists()
    elif not (folder / "python").exists():  # Debian calls it python3 only
        own = root.inside(str(folder / "python"))
        own.parent.mkdir(parents=True, exist_ok=True)
        own.symlink_to(f"python{sys.version_info.major}.{sys.version_info.minor}")
    return str(folder)


def _node(name: str) -> Path:
    """The one that builds the front end: .venv/node-bin, laid there by frontend/find-node.sh."""
    found = shutil.which(name, path=f"{Path(sys.prefix) / 'node-bin'}:{os.environ['PATH']}")
    assert found, f"no {name} in .venv/node-bin: run make setup"
    return Path(found)
