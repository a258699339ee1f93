"""What a Dockerfile says. An instruction or a flag that is not known here is refused."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

PLAIN = ("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
         "RUN", "STOPSIGNAL", "USER", "WORKDIR")  # fmt: skip
_FLAG = re.compile(r"--([a-z-]+)=(\S+)\s+")
_WORD = re.compile(r"""(?:[^\s"']|"(?:\\.|[^"\\])*"|'[^']*')+""")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its keyword, its flags (mounts may be several), the rest as written."""

    line: int
    keyword: str
    flags: tuple[tuple[str, str], ...]
    rest: str

    def flag(self, name: str) -> str | None:
        return dict(self.flags).get(name)

    def words(self) -> list[str]:
        """What follows, split as the shell would, quotes taken off."""
        return [unquoted(word) for word in _WORD.findall(self.rest)]

    def pairs(self, variables: Mapping[str, str]) -> dict[str, str]:
        """`A=1 B="two words"` of ENV and LABEL."""
        found: dict[str, str] = {}
        for word in _WORD.findall(self.rest):
            name, equals, value = word.partition("=")
            if not equals:
                raise ValueError(f"line {self.line}: {word} is not NAME=value")
            found[name] = expand(unquoted(value), variables)
        return found

    def command(self) -> list[str]:
        """The exec form: a list of words."""
        return [str(word) for word in json.loads(self.rest)]


@dataclass(frozen=True, slots=True)
class Stage:
    """FROM, and what follows it."""

    base: str
    name: str
    instructions: tuple[Instruction, ...]
    platform: str | None = None


@dataclass(slots=True)
class _Reading:
    arguments: dict[str, str] = field(default_factory=dict[str, str])
    stages: list[tuple[Instruction, list[Instruction]]] = field(
        default_factory=list[tuple[Instruction, list[Instruction]]]
    )


def read(path: Path) -> list[Stage]:
    """The stages in their order."""
    reading = _Reading()
    for instruction in _instructions(path.read_text()):
        if instruction.keyword == "FROM":
            reading.stages.append((instruction, []))
        elif reading.stages:
            reading.stages[-1][1].append(instruction)
        else:  # ARG before the first FROM
            name, _, value = instruction.rest.partition("=")
            reading.arguments[name] = value
    return [_stage(start, rest, reading.arguments) for start, rest in reading.stages]


def expand(text: str, variables: Mapping[str, str]) -> str:
    """`$NAME` and `${NAME}`; what is not set is nothing."""
    return _VARIABLE.sub(lambda found: variables.get(found[1] or found[2], ""), text)


def unquoted(word: str) -> str:
    """Without the quotes of the shell."""
    return re.sub(r"""(["'])(.*?)\1""", r"\2", word)


def _stage(start: Instruction, rest: list[Instruction], arguments: Mapping[str, str]) -> Stage:
    match start.words():
        case [base, "AS" | "as", name]:
            return Stage(expand(base, arguments), name, tuple(rest), start.flag("platform"))
        case _:
            raise ValueError(f"line {start.line}: a stage without a name: FROM {start.rest}")


def _instructions(text: str) -> Iterator[Instruction]:
    for line, whole in _joined(text):
        keyword, _, rest = whole.partition(" ")
        if keyword not in PLAIN:
            raise ValueError(f"line {line}: {keyword} is not known here")
        flags: list[tuple[str, str]] = []
        rest = rest.strip()
        if keyword != "HEALTHCHECK":  # its flags are the engine's, not the build's
            while found := _FLAG.match(rest):
                flags.append((found[1], found[2]))
                rest = rest[found.end() :]
        yield Instruction(line, keyword, tuple(flags), rest)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Whole instructions: comments left out, continued lines put together as the shell does."""
    parts: list[str] = []
    begun = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        begun = begun or number
        continued = line.endswith("\\")
        parts.append(line.removesuffix("\\"))
        if not continued:
            yield begun, "".join(parts).strip()
            parts, begun = [], 0
    if parts:
        raise ValueError(f"line {begun}: the last line is to be continued")
