"""A build by the Dockerfile, instruction by instruction, without an engine."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from tests.support.containers import roots
from tests.support.containers.context import Context
from tests.support.containers.dockerfile import Instruction, Stage, expand, unquoted
from tests.support.containers.roots import Root

CACHES = {"/root/.cache/pip": ".cache/pip", "/root/.npm": ".npm"}
"""Where a cache mount is backed by this machine's own cache of the same tool."""


@dataclass(slots=True)
class Built:
    """A stage that was built, with what the engine would write into the image's configuration."""

    root: Root
    env: dict[str, str]
    workdir: str = "/"
    user: str | None = None
    labels: dict[str, str] = field(default_factory=dict[str, str])
    entrypoint: list[str] = field(default_factory=list[str])
    command: list[str] = field(default_factory=list[str])
    healthcheck: list[str] = field(default_factory=list[str])
    exposed: list[str] = field(default_factory=list[str])
    stop_signal: str = ""
    ran: list[str] = field(default_factory=list[str])
    """The RUN lines, as they were executed."""


def build(
    stages: list[Stage], context: Context, folder: Path, arguments: Mapping[str, str]
) -> dict[str, Built]:
    """All stages by name; fails with the output of the RUN line that failed."""
    done: dict[str, Built] = {}
    for stage in stages:
        root = Root(folder / stage.name)
        built = Built(root, roots.environment(stage.base, root))
        builder = _Builder(built, context, arguments, done)
        for instruction in stage.instructions:
            builder.take(instruction)
        done[stage.name] = built
    return done


@dataclass(slots=True)
class _Builder:
    built: Built
    context: Context
    given: Mapping[str, str]
    done: Mapping[str, Built]
    arguments: dict[str, str] = field(default_factory=dict[str, str])

    def take(self, one: Instruction) -> None:
        known = {**self.arguments, **self.built.env}
        match one.keyword:
            case "RUN":
                self._run(one)
            case "COPY":
                self._copy(one)
            case "ENV":
                self.built.env |= one.pairs(known)
            case "ARG":
                name, _, usual = one.rest.partition("=")
                self.arguments[name] = self.given.get(name, unquoted(usual))
            case "WORKDIR":
                self.built.workdir = str(PurePosixPath(self.built.workdir, expand(one.rest, known)))
                self._folder(self.built.workdir)
            case _:
                self._configure(one, known)

    def _configure(self, one: Instruction, known: Mapping[str, str]) -> None:
        match one.keyword:
            case "USER":
                self.built.user = expand(one.rest, known)
            case "LABEL":
                self.built.labels |= one.pairs(known)
            case "ENTRYPOINT":
                self.built.entrypoint = one.command()
            case "CMD":
                self.built.command = one.command()
            case "HEALTHCHECK":
                flags, _, words = one.rest.rpartition("CMD ")
                assert flags is not None
                self.built.healthcheck = Instruction(one.line, "CMD", (), words).command()
            case "EXPOSE":
                self.built.exposed += one.words()
            case "STOPSIGNAL":
                self.built.stop_signal = one.rest
            case other:
                raise ValueError(f"line {one.line}: {other} cannot be done here")

    def _run(self, one: Instruction) -> None:
        for name, value in one.flags:
            assert name == "mount", f"line {one.line}: RUN --{name} cannot be done here"
            self._mount(one.line, dict(part.split("=", 1) for part in value.split(",")))
        words = self.built.root.command(
            ["/bin/sh", "-c", one.rest],
            {**self.built.env, **self.arguments},
            workdir=self.built.workdir,
            user=self.built.user,
        )
        ran = subprocess.run(words, capture_output=True, text=True, check=False, timeout=600)
        assert ran.returncode == 0, f"line {one.line}: RUN {one.rest}\n{ran.stdout}{ran.stderr}"
        self.built.ran.append(one.rest)

    def _mount(self, line: int, options: Mapping[str, str]) -> None:
        target = options.get("target", "")
        known = options.get("type") == "cache" and set(options) <= {"type", "target", "sharing"}
        if not known or target not in CACHES:
            raise ValueError(f"line {line}: this mount cannot be done here")
        own = Path.home() / CACHES[target]
        own.mkdir(parents=True, exist_ok=True)
        self.built.root.show(own, target)

    def _copy(self, one: Instruction) -> None:
        assert {name for name, _ in one.flags} <= {"from"}, f"line {one.line}: unknown flag"
        *sources, target = one.words()
        origin = one.flag("from")
        to_folder = target.endswith("/")
        assert to_folder or len(sources) == 1, f"line {one.line}: several files need a folder"
        where = str(PurePosixPath(self.built.workdir, target))
        for source in sources:
            if origin is None:
                self._copy_files(source, where, to_folder=to_folder)
            else:
                self._copy_stage(self.done[origin], source, where)

    def _copy_files(self, source: str, where: str, *, to_folder: bool) -> None:
        is_file = source in self.context.files
        for name, path in self.context.below(source):
            own = where if is_file and not to_folder else f"{where}/{name}"
            self._folder(str(PurePosixPath(own).parent))
            shutil.copy2(path, self.built.root.inside(own))

    def _copy_stage(self, origin: Built, source: str, where: str) -> None:
        found = origin.root.inside(source)
        assert found.is_dir(), f"{source} was not made by the stage it is copied from"
        self._folder(where)
        # By links, which is quick; the stage that it came from is through.
        subprocess.run(["cp", "-al", f"{found}/.", self.built.root.inside(where)], check=True)

    def _folder(self, path: str) -> None:
        self.built.root.inside(path).mkdir(parents=True, exist_ok=True)
