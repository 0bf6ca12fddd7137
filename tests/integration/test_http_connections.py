"""HTTP of our own to the Bot API: whatever a server does, a call ends with its answer or with what went wrong."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from bot.telegram import http_connections
from bot.telegram.http_connections import Answer, Broken, Connections, NotConnected, TooLong

LONGEST = 1_000
FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(talk: Talk, encryption: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """A server whose connections are each served by `talk`, and then closed."""
    served: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        served.add(task)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=encryption)
    async with server:
        scheme = "http" if encryption is None else "https"
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}/bot1:a/sendMessage"
        await asyncio.gather(*served)


@contextlib.asynccontextmanager
async def answering(*answers: bytes) -> AsyncIterator[tuple[str, list[int]]]:
    """A server that gives these answers on each connection; the list counts the requests of each connection."""
    requests: list[int] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at = len(requests)
        requests.append(0)
        for answer in answers:
            await request_of(reader)
            requests[at] += 1
            writer.write(answer)
            await writer.drain()

    async with serving(talk) as url:
        yield url, requests


async def request_of(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """(head, body)."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
    return head, await reader.readexactly(length)


@contextlib.contextmanager
def calling(limit: int = 8) -> Iterator[Connections]:
    connections = Connections(limit, LONGEST)
    try:
        yield connections
    finally:
        connections.close()


def self_signed(folder: Path) -> tuple[Path, Path]:
    """(certificate, key) of 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    day = datetime(2026, 11, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(day)
        .not_valid_after(day + timedelta(days=36_500))
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return paths


async def post(connections: Connections, url: str, silence: float = 5.0) -> Answer:
    return await connections.post(url, b'{"chat_id":1}', silence, 5.0)


async def test_a_request_is_what_a_server_expects() -> None:
    seen: list[tuple[bytes, bytes]] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await request_of(reader))
        writer.write(FINE)

    async with serving(talk) as url:
        with calling() as connections:
            assert await post(connections, url) == Answer(200, b"ok")
    ((head, body),) = seen
    host = url.split("/")[2].encode()
    assert head == (
        b"POST /bot1:a/sendMessage HTTP/1.1\r\nHost: %b\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n"
        % host
    )
    assert body == b'{"chat_id":1}'


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (FINE, Answer(200, b"ok")),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad", Answer(502, b"bad")),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n1\r\n!\r\n0\r\n\r\n", Answer(200, b"ok!")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + FINE, Answer(200, b"ok")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204, b"")),
        (b"HTTP/1.1 302 Found\r\nLocation: http://evil/\r\nContent-Length: 0\r\n\r\n", Answer(302, b"")),
    ],
    ids=["length", "refused", "chunked", "continue", "empty", "redirect"],
)
async def test_two_answers_come_by_one_connection(answer: bytes, expected: Answer) -> None:
    async with answering(answer, FINE) as (url, requests):
        with calling() as connections:
            assert await post(connections, url) == expected
            assert await post(connections, url) == Answer(200, b"ok")
    assert requests == [2]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\nuntil the end", Answer(200, b"until the end")),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", Answer(200, b"ok")),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", Answer(200, b"ok")),
        (FINE + b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nunasked", Answer(200, b"ok")),
        (b"HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nend", Answer(200, b"end")),
    ],
    ids=["ends with the connection", "HTTP/1.0", "close", "unasked", "ends with the connection after a hint"],
)
async def test_a_connection_is_not_taken_again_where_it_can_t_be(answer: bytes, expected: Answer) -> None:
    async with answering(answer) as (url, requests):
        with calling() as connections:
            assert await post(connections, url) == expected
            assert await post(connections, url) == expected
    assert requests == [1, 1]


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        (b"", Broken),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nhalf", Broken),
        (b"HTTP/1.1 200", Broken),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Broken),
        (b"\x16\x03\x01\x02\x00\x01\x00", Broken),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", Broken),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1_001, TooLong),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 1_001, TooLong),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", Broken),
        (b"HTTP/1.1 200 OK\r\nX: " + b"x" * (1 << 17), TooLong),
        (b"HTTP/1.1 200 OK\r\n" + b"X: x\r\n" * (1 << 15), TooLong),
        (b"HTTP/1.1 100 Continue\r\n\r\n" * (1 << 13), TooLong),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=" + b"x" * (1 << 17), TooLong),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: x\r\n" * (1 << 15), TooLong),
    ],
    ids=[
        "nothing",
        "half a body",
        "half a line",
        "no HTTP",
        "TLS",
        "odd chunks",
        "too long",
        "without end",
        "another protocol",
        "a long header",
        "many headers",
        "many hints",
        "a long chunk line",
        "many trailers",
    ],
)
async def test_what_is_no_answer_is_said(answer: bytes, failure: type[Exception]) -> None:
    async with answering(answer) as (url, _):
        with calling() as connections, pytest.raises(failure):
            await post(connections, url)


async def test_a_connection_that_the_server_closed_meanwhile_is_not_taken() -> None:
    async with answering(FINE) as (url, requests):
        with calling() as connections:
            await post(connections, url)
            while len(connections):  # noqa: ASYNC110 (the end of the connection arrives when it does)
                await asyncio.sleep(0)
            assert await post(connections, url) == Answer(200, b"ok")
    assert requests == [1, 1]


async def test_silence_ends_a_call_and_its_connection() -> None:
    silent = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
        await silent.wait()

    async with serving(talk) as url:
        with calling() as connections:
            with pytest.raises(TimeoutError):
                await post(connections, url, silence=0.05)
            silent.set()


async def test_an_answer_that_takes_its_time_is_read_as_long_as_something_comes() -> None:
    parts: Sequence[bytes] = [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", b"o", b"k", b"a", b"y"]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        for part in parts:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(0.06)

    async with serving(talk) as url:
        with calling() as connections:
            assert await post(connections, url, silence=0.2) == Answer(200, b"okay")


async def test_who_is_cancelled_leaves_no_connection_behind() -> None:
    asked = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        asked.set()
        assert await reader.read() == b""

    async with serving(talk) as url:
        with calling() as connections:
            calls = asyncio.create_task(post(connections, url))
            await asked.wait()
            calls.cancel()
            with pytest.raises(asyncio.CancelledError):
                await calls
            assert not len(connections)


@pytest.mark.usefixtures("fresh_heap")
@pytest.mark.parametrize("steps", range(12))
async def test_who_is_cancelled_while_connecting_leaves_no_socket_behind(
    steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library's race for the first of several addresses forgets the socket that has just won."""
    left: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda what: left.append(what.object))

    async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with serving(talk) as url:
        with calling() as connections:
            call = asyncio.create_task(post(connections, url))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await call
            await asyncio.sleep(0)
            await asyncio.sleep(0)
    del call
    gc.collect()
    assert left == []


async def test_no_more_connections_than_the_limit() -> None:
    inside, most = 0, 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal inside, most
        while True:
            await request_of(reader)
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1
            writer.write(FINE)

    async with serving(talk) as url:
        with calling(limit=3) as connections:
            answers = await asyncio.gather(*(post(connections, url) for _ in range(20)))
    assert answers == [Answer(200, b"ok")] * 20
    assert most == 3


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http:///x", "nothing", "http://127.0.0.1:99999/x"])
async def test_what_is_no_address_is_said(url: str) -> None:
    with calling() as connections, pytest.raises(NotConnected):
        await post(connections, url)


async def test_a_server_that_is_not_there(unused_tcp_port: int) -> None:
    with calling() as connections, pytest.raises(NotConnected, match="ConnectionRefusedError"):
        await post(connections, f"http://127.0.0.1:{unused_tcp_port}/x")


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    async def talk(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await request_of(reader)

    async with serving(talk, context) as url:
        with calling() as connections, pytest.raises(NotConnected, match="SSLCertVerificationError"):
            await post(connections, url)


async def test_an_old_connection_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    async with answering(FINE, FINE) as (url, requests):
        with calling() as connections:
            await post(connections, url)
            monkeypatch.setattr(http_connections, "KEPT_FOR", -1.0)
            await post(connections, url)
    assert requests == [1, 1]


async def test_a_user_in_the_address_is_sent_as_such() -> None:
    seen: list[bytes] = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append((await request_of(reader))[0])
        writer.write(FINE)

    async with serving(talk) as url:
        with calling() as connections:
            await post(connections, url.replace("http://", "http://joe:p%40w@"))
    assert b"\r\nAuthorization: Basic am9lOnBAdw==\r\n" in seen[0]
    assert b"joe" not in seen[0]


async def test_closing_breaks_a_call_and_takes_no_half_answer_for_a_whole_one() -> None:
    half = asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await request_of(reader)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nha")
        await writer.drain()
        half.set()
        await reader.read()

    async with serving(talk) as url:
        with calling() as connections:
            call = asyncio.create_task(post(connections, url))
            await half.wait()
            connections.close()
            with pytest.raises(Broken):
                await call
            assert not len(connections)


async def test_who_is_connecting_while_all_is_closed_leaves_no_connection_behind() -> None:
    async with answering(FINE) as (url, requests):
        with calling() as connections:
            call = asyncio.create_task(post(connections, url))
            await asyncio.sleep(0)  # it is connecting
            connections.close()
            with pytest.raises(NotConnected):
                await call
            assert not len(connections)
            with pytest.raises(NotConnected):
                await post(connections, url)
    assert requests in ([], [0])
