"""The training process: lines in, a model out; the worker's own memory stays small.

Reads one JSON document from standard input, `{"examples": […], "old": base64 or null}`, and writes
one to standard output, `{"model": base64 or null, "measured": {…}}`.
"""

import base64
import ctypes
import json
import os
import signal
import sys
from typing import Final

from expenseflow.categorization.similar import comparing, model, training, wire

_AT_MOST_BYTES: Final = 2 << 30
_AT_MOST_SECONDS: Final = 1200
"""Of processor time."""
_AFTER_THE_JOBS: Final = 10
_PR_SET_PDEATHSIG: Final = 1
"""prctl(2): which signal to send us when the parent ends."""


def main() -> None:
    """Train, and measure beside the old model; the jobs of this machine go first."""
    _be_modest()
    request = json.load(sys.stdin)
    examples = wire.examples(request["examples"])
    old = None
    if request["old"] is not None:
        try:
            old = model.from_bytes(base64.b64decode(request["old"]))
        except model.UnreadableModel:
            old = None  # of another version of this program: whatever is new is no worse
    try:
        measured = comparing.measure(examples, old)
        content = training.train([one.example for one in examples]).to_bytes()
        answer = {"model": base64.b64encode(content).decode(), "measured": measured}
    except training.TooLittleToLearn as reason:
        answer = {"model": None, "measured": {"reason": str(reason)}}
    json.dump(answer, sys.stdout)


def _be_modest() -> None:
    """Leave the processors to the jobs, the memory to everybody, and go when the worker goes."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415  # Unix only

    os.nice(_AFTER_THE_JOBS)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_CPU, (_AT_MOST_SECONDS, _AT_MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_DATA, (_AT_MOST_BYTES, _AT_MOST_BYTES))


if __name__ == "__main__":
    main()
