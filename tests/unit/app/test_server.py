"""A process that was told to stop is gone in time, whatever hangs in it."""

import subprocess
import sys

import pytest

GOOD = "ended in good order\n"
_PROGRAM = """
import asyncio, os, signal, time
from expenseflow.app import server

server.END_AT_LAST_SECONDS = {seconds}

async def main() -> int:
    with server.Stopper().listening() as stopper:
        asyncio.get_running_loop().run_in_executor(None, time.sleep, {hangs})
        os.kill(os.getpid(), signal.SIGTERM)
        await stopper.stopping.wait()
    return stopper.exit_code

code = server.run(main())
time.sleep({after})
print("ended in good order", flush=True)
raise SystemExit(code)
"""


@pytest.mark.parametrize(
    ("seconds", "hangs", "after", "ends"),
    [
        pytest.param(0.5, 60, 0, (1, False), id="a thread that hangs"),
        pytest.param(2, 0, 2.5, (0, True), id="nothing hangs"),
    ],
)
def test_a_thread_that_hangs_does_not_keep_the_process(
    seconds: float, hangs: float, after: float, ends: tuple[int, bool]
) -> None:
    program = _PROGRAM.format(seconds=seconds, hangs=hangs, after=after)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=30, check=False
    )
    assert (ran.returncode, ran.stdout.endswith(GOOD)) == ends, ran.stdout + ran.stderr
