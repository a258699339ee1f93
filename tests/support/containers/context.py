"""What goes along into a build: the files in git, less what .dockerignore leaves out."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Context:
    """The folder that is built from."""

    root: Path

    @cached_property
    def files(self) -> list[str]:
        """Relative paths, as a fresh clone has them."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=self.root, capture_output=True, check=True, text=True,
        ).stdout  # fmt: skip
        ignored = patterns((self.root / ".dockerignore").read_text())
        names = [name for name in listed.split("\0") if name and (self.root / name).is_file()]
        return [name for name in names if not left_out(name, ignored)]

    def below(self, source: str) -> Iterator[tuple[str, Path]]:
        """What COPY takes for a source: a file by its name, of a folder what is in it."""
        if source in self.files:
            yield Path(source).name, self.root / source
            return
        inside = [name for name in self.files if name.startswith(f"{source}/")]
        if not inside:
            raise FileNotFoundError(f"COPY {source}: nothing of that name goes into the build")
        for name in inside:
            yield name.removeprefix(f"{source}/"), self.root / name


def patterns(text: str) -> list[tuple[bool, re.Pattern[str]]]:
    """The lines of a .dockerignore: whether it leaves out, and what."""
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    return [(not line.startswith("!"), _pattern(line.removeprefix("!"))) for line in lines]


def left_out(name: str, lines: list[tuple[bool, re.Pattern[str]]]) -> bool:
    """The last line that fits decides; one that fits a folder fits all in it."""
    out = False
    for leaves_out, pattern in lines:
        if pattern.match(name):
            out = leaves_out
    return out


def _pattern(line: str) -> re.Pattern[str]:
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", line.strip("/"))
    return re.compile("".join(words.get(part, re.escape(part)) for part in parts) + "(?:/.*)?$")
