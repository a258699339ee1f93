"""The load in a process of its own: JSON in, the number of answers out."""

import asyncio
import json
import sys

import uvloop

from benchmarks import client


def main() -> None:
    """Ask what standard input says."""
    given = json.load(sys.stdin)
    requests = [one.encode() for one in given["requests"]]
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        loop = client.closed_loop(
            given["base_url"], requests, clients=given["clients"], seconds=given["seconds"]
        )
        print(runner.run(loop))


if __name__ == "__main__":
    main()
