"""`python -m expenseflow.simulator --port 8099 --base 0.4 --per-token 0.01`."""

import argparse
import asyncio
import contextlib
import json
import sys

from expenseflow.simulator.http import Server
from expenseflow.simulator.provider import Latency, Provider


def main() -> None:
    """Serve until interrupted; the first line printed is the base URL."""
    given = _arguments()
    provider = Provider(latency=Latency(given.base, given.per_token, given.jitter), seed=given.seed)
    if given.script:
        provider.load(json.loads(given.script))
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(provider, given.host, given.port))


async def _serve(provider: Provider, host: str, port: int) -> None:
    server = Server(provider.handle, host=host, port=port)
    provider.server = server
    await server.listen()
    sys.stdout.write(f"http://{host}:{server.port}/v1\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="expenseflow.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--base", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--per-token", type=float, default=0.0, help="seconds per output token")
    parser.add_argument("--jitter", type=float, default=0.0, help="0.1 is give or take 10 %%")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--script", help="JSON: {'rules':[{'do':'limit','first':3}]}")
    return parser.parse_args()


if __name__ == "__main__":
    main()
