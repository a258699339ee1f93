"""The socket we serve at."""

import asyncio
import socket

from tests.support.identity import test_settings

from expenseflow.app import listening


async def test_no_part_of_an_answer_waits_for_the_client_to_confirm_the_one_before() -> None:
    """On asyncio's own loop each answer took 40 ms more: Nagle against delayed ACK."""
    without_delay: asyncio.Queue[bool] = asyncio.Queue()

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted: socket.socket = writer.get_extra_info("socket")
        option = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        without_delay.put_nowait(bool(option))
        writer.close()

    listener = listening.listen(test_settings(port=0))
    async with await asyncio.start_server(answer, sock=listener):
        _, writer = await asyncio.open_connection(*listener.getsockname())
        assert await without_delay.get()
        writer.close()
