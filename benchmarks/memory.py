"""The memory of a process while a block runs."""

import threading
from types import TracebackType
from typing import Self

import psutil

MEGABYTE = 1_000_000
SAMPLE_SECONDS = 0.02


class Memory:
    """`with Memory(pid) as memory: …`, then `memory.peak` in MB: the largest resident set seen.

    `with_children` adds those of the processes it has started.
    """

    def __init__(self, pid: int, *, with_children: bool = False) -> None:
        self.peak = 0.0
        self._process = psutil.Process(pid)
        self._with_children = with_children
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(5)

    def _sample(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.peak = max(self.peak, sum(map(_resident, self._processes())) / MEGABYTE)

    def _processes(self) -> list[psutil.Process]:
        children = self._process.children(recursive=True) if self._with_children else []
        return [self._process, *children]


def _resident(process: psutil.Process) -> int:
    """Nothing once it has ended."""
    try:
        return process.memory_info().rss
    except psutil.NoSuchProcess:
        return 0
