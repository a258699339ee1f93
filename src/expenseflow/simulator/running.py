"""The simulator on a port, with an event loop and a thread of its own."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from expenseflow.simulator.behaviour import Behaviour
from expenseflow.simulator.http import Server
from expenseflow.simulator.latency import Latency
from expenseflow.simulator.limits import Limits
from expenseflow.simulator.provider import Provider
from expenseflow.simulator.records import CallRecord

T = TypeVar("T")


class Simulator:
    """`with Simulator(limited(first=3)) as provider: … provider.base_url … provider.calls`.

    Works the same with `async with`. Behaviours can be changed at any time with `script`, what is
    let through with `limit`, all of it with `load`, which takes what a script file would say.
    """

    def __init__(
        self,
        *behaviours: Behaviour,
        port: int = 0,
        host: str = "127.0.0.1",
        latency: Latency | None = None,
        seed: int = 0,
        api_key: str | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.provider = Provider(
            behaviours, latency or Latency(), seed, api_key, limits or Limits()
        )
        self._host = host
        self._server = Server(self.provider.handle, host=host, port=port)
        self.provider.server = self._server
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def base_url(self) -> str:
        """What `EXPENSEFLOW_LLM_BASE_URL` would be."""
        return f"http://{self._host}:{self._server.port}/v1"

    @property
    def calls(self) -> list[CallRecord]:
        """Every call so far."""
        return list(self.provider.ledger.calls)

    @property
    def asked(self) -> Counter[str]:
        """How often each description was asked."""
        return Counter(self.provider.ledger.asked)

    @property
    def answered(self) -> Counter[str]:
        """How often each description was answered well."""
        return Counter(self.provider.ledger.answered)

    def summary(self) -> dict[str, Any]:
        """Totals of all calls so far."""
        return self.provider.summary()

    def script(self, *behaviours: Behaviour) -> None:
        """From now on behave like this."""
        self.provider.behaviours = behaviours

    def limit(self, limits: Limits) -> None:
        """From now on let this through; what was admitted so far still counts."""
        self.provider.limit(limits)

    def load(self, script: Mapping[str, Any]) -> None:
        """Follow this script from now on (`script.read` says what it may hold)."""
        self._run(self._load(script))

    def reset(self) -> None:
        """Forget all calls."""
        self._run(_now(self.provider.restart))

    def refuse(self) -> None:
        """Stop listening and cut all connections."""
        self._run(self._server.refuse())

    def listen(self) -> None:
        """Listen again, on the same port."""
        self._run(self._server.listen())

    def __enter__(self) -> Self:
        self._thread.start()
        try:
            self.listen()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        self.refuse()
        self._stop()

    async def __aenter__(self) -> Self:
        return await asyncio.to_thread(self.__enter__)

    async def __aexit__(
        self, _type: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        await asyncio.to_thread(self.__exit__, None, None, None)

    async def _load(self, script: Mapping[str, Any]) -> None:
        seconds = self.provider.load(script).outage
        if seconds is not None:
            await self._server.refuse()
            self.provider.be_away_soon(seconds, lead=0)

    def _run(self, doing: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(doing, self._loop).result(10)

    def _stop(self) -> None:
        self._run(_cancel_all())
        self.refuse()  # the end of an outage may have come in between
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


async def _now(action: Callable[[], T]) -> T:
    return action()


async def _cancel_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
