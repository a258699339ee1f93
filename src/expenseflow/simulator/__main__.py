"""`python -m expenseflow.simulator --port 8099 --base 0.4 --per-token 0.01 --requests 10`."""

import argparse
import asyncio
import contextlib
import json
import sys

from expenseflow.simulator.http import Server
from expenseflow.simulator.latency import Latency
from expenseflow.simulator.limits import Limits, Slope
from expenseflow.simulator.provider import Provider


def main() -> None:
    """Serve until interrupted; the first line printed is the base URL."""
    given = _arguments()
    provider = Provider(
        latency=Latency(given.base, given.per_token, given.jitter),
        seed=given.seed,
        api_key=given.api_key,
        limits=_limits(given),
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(provider, given))


async def _serve(provider: Provider, given: argparse.Namespace) -> None:
    server = Server(provider.handle, host=given.host, port=given.port)
    provider.server = server
    await server.listen()
    if given.script is not None and (seconds := provider.load(given.script).outage) is not None:
        await server.refuse()
        provider.be_away_soon(seconds, lead=0)
    sys.stdout.write(f"http://{given.host}:{server.port}/v1\n")
    sys.stdout.flush()
    await asyncio.Event().wait()


def _limits(given: argparse.Namespace) -> Limits:
    return Limits(
        requests=given.requests,
        tokens=given.tokens,
        window=given.window,
        headers=given.headers,
        retry_after=given.retry_after,
        concurrency=given.concurrency,
        slope=None if given.slope is None else Slope(*given.slope),
        count_rejected=given.count_rejected,
    )


def _slope(text: str) -> tuple[int, float]:
    start, _, growth = text.partition(",")
    return int(start), float(growth or Slope.growth)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="expenseflow.simulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--base", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--per-token", type=float, default=0.0, help="seconds per output token")
    parser.add_argument("--jitter", type=float, default=0.0, help="0.1 is give or take 10 %%")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--api-key", help="refuse any other")
    limits = parser.add_argument_group("limits")
    limits.add_argument("--requests", type=int, help="for each window")
    limits.add_argument("--tokens", type=int, help="for each window")
    limits.add_argument("--window", type=float, default=60.0, help="seconds")
    limits.add_argument("--no-headers", dest="headers", action="store_false")
    limits.add_argument(
        "--retry-after", choices=("seconds", "date", "ms", "none"), default="seconds"
    )
    limits.add_argument("--concurrency", type=int, help="calls under way at the same time")
    limits.add_argument("--slope", type=_slope, metavar="START[,GROWTH]", help="such as 5,2")
    limits.add_argument("--count-rejected", action="store_true")
    parser.add_argument(
        "--script", type=json.loads, help='JSON: {"rules":[{"do":"limit","first":3}]}'
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
