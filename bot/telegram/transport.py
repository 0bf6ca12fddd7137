"""The way to Telegram: a BaseRequest for python-telegram-bot over aiohttp, and a short one for calls of the Bot API.

The stock httpx transport falls to 440 updates/s and 600 sends/s with 30 or more in flight; aiohttp gives 2,800 and
5,500. The short way takes connections of its own for what is JSON only (see http_connections.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, BinaryIO

import aiohttp
import orjson
from aiohttp.connector import Connection
from telegram import error
from telegram.request import BaseRequest, RequestData

from bot.telegram import http_connections, proxies
from bot.telegram.answers import OddAnswer, error_of, read_answer, read_json
from handlers.chat.incoming import Json
from handlers.chat.replies import File
from storage.scratch import Scratch

MOST_READ = 64 << 20
"""Bytes of an answer. A hundred of the longest updates have a tenth of it."""
_JSON = {"Content-Type": "application/json"}


class AiohttpRequest(BaseRequest):
    """One pool of connections to the Bot API. Proxies come from the environment, as it is at the start."""

    def __init__(
        self,
        connections: int = 256,
        read_timeout: float = 20,
        connect_timeout: float = 10,
        on_success: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_success` hears of each call that Telegram has carried out."""
        self._connections = connections
        self._read_timeout = read_timeout
        self._connect_timeout = connect_timeout
        self._session: aiohttp.ClientSession | None = None
        self._plain: http_connections.Connections | None = None
        self._proxies: Mapping[str, str] = {}
        self._on_success = on_success

    @property
    def read_timeout(self) -> float:
        return self._read_timeout

    async def __aenter__(self) -> AiohttpRequest:
        await self.initialize()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.shutdown()

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=_Connector(limit=self._connections, keepalive_timeout=75),
                timeout=self._timeouts(None, None),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept-Encoding"),
            )
            self._plain = http_connections.Connections(self._connections, MOST_READ)
            # aiohttp's trust_env reads the environment again for every request, in a thread: 0.3 ms each.
            self._proxies = proxies.of_environment()

    async def shutdown(self) -> None:
        if self._plain is not None:
            self._plain.close()
        if self._session is not None:
            await self._session.close()

    def _timeouts(self, read: float | None, connect: float | None) -> aiohttp.ClientTimeout:
        return aiohttp.ClientTimeout(
            total=None, sock_connect=connect or self._connect_timeout, sock_read=read or self._read_timeout
        )

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 (aiohttp has none apart from the total)
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """One HTTP exchange, for python-telegram-bot (see BaseRequest.do_request)."""
        timeouts = self._timeouts(_seconds(read_timeout), _seconds(connect_timeout))
        if request_data is not None and request_data.contains_files:
            parts = request_data.multipart_data or {}
            files = {name: File(str(part[0]), _bytes(part[1])) for name, part in parts.items()}
            return await self._exchange(url, method, _form(request_data.json_parameters, files), {}, timeouts)
        if request_data is not None:
            return await self._exchange(url, method, orjson.dumps(request_data.parameters), _JSON, timeouts)
        return await self._exchange(url, method, None, {}, timeouts)

    async def _exchange(
        self, url: str, method: str, body: Any, headers: Mapping[str, str], timeouts: aiohttp.ClientTimeout | None
    ) -> tuple[int, bytes]:
        assert self._session is not None, "initialize() was not called"
        options: dict[str, Any] = {} if timeouts is None else {"timeout": timeouts}
        if self._proxies:
            options["proxy"] = self._proxy_for(url)
        try:
            # A redirect is not followed: it would carry the token to who knows whom, and turn a POST into a GET.
            asking = self._session.request(method, url, data=body, headers=headers, allow_redirects=False, **options)
            async with asking as response:
                return response.status, await _body(response)
        except aiohttp.ConnectionTimeoutError:
            raise error.NetworkError("connecting to Telegram timed out") from None
        except TimeoutError:
            raise error.TimedOut from None
        except aiohttp.ClientHttpProxyError as refusal:
            raise error.NetworkError(f"the proxy refuses the way to Telegram ({refusal.status})") from None
        except aiohttp.ClientProxyConnectionError:
            raise error.NetworkError("the proxy can't be reached") from None
        except aiohttp.ClientConnectorError:
            raise error.NetworkError("Telegram can't be reached") from None
        except (aiohttp.InvalidURL, NotConnected) as failure:
            raise error.NetworkError(f"no way to Telegram ({type(failure).__name__})") from None
        except (aiohttp.ClientError, OSError) as failure:
            # The text of an aiohttp error may hold the URL, and the URL holds the token.
            raise BrokenConnection(type(failure).__name__) from None

    async def _post(self, url: str, body: bytes, read_timeout: float) -> tuple[int, bytes]:
        """The same exchange, without aiohttp."""
        assert self._plain is not None, "initialize() was not called"
        try:
            return await self._plain.post(url, body, read_timeout, self._connect_timeout)
        except TimeoutError:
            raise error.TimedOut from None
        except http_connections.ConnectingTimedOut:
            raise error.NetworkError("connecting to Telegram timed out") from None
        except http_connections.NotConnected as failure:
            raise error.NetworkError(f"Telegram can't be reached ({failure})") from None
        except http_connections.Broken as failure:
            raise BrokenConnection(str(failure)) from None
        except http_connections.TooLong:
            raise OddAnswer("an answer without end", perhaps=True) from None

    def _proxy_for(self, url: str) -> str | None:
        proxy = proxies.proxy_for(url, self._proxies)
        reason = proxies.fault_of(proxy) if proxy is not None else ""
        if reason:
            raise error.NetworkError(f"the proxy from the environment {reason}")
        return proxy

    async def call(
        self, url: str, params: Json, files: Mapping[str, File] | None = None, read_timeout: float | None = None
    ) -> Any:
        """Calls a method of the Bot API and returns its bare result, without building library objects.

        Raises:
            telegram.error.TelegramError: as python-telegram-bot would (RetryAfter, Forbidden, BadRequest, TimedOut).
        """
        timeouts = self._timeouts(read_timeout, None) if read_timeout else None
        if files:
            plain = {
                name: value if isinstance(value, str) else orjson.dumps(value).decode()
                for name, value in params.items()
            }
            status, body = await self._exchange(url, "POST", _form(plain, files), {}, timeouts)
        elif self._proxies:
            status, body = await self._exchange(url, "POST", orjson.dumps(params), _JSON, timeouts)
        else:
            status, body = await self._post(url, orjson.dumps(params), read_timeout or self._read_timeout)
        result = read_answer(url.rpartition("/")[2], status, body)
        self._on_success()
        return result

    async def download(self, url: str, limit: int, into: BinaryIO | Scratch) -> None:
        """Writes a file from Telegram into another, a chunk at a time.

        Raises:
            telegram.error.TelegramError: it is not to be had, or longer than `limit` bytes.
        """
        assert self._session is not None, "initialize() was not called"
        options: dict[str, Any] = {"proxy": self._proxy_for(url)} if self._proxies else {}
        length = 0
        try:
            async with self._session.get(url, **options) as response:
                if response.status != 200:
                    raise error_of(response.status, {})
                async for chunk in response.content.iter_chunked(1 << 16):
                    length += len(chunk)
                    if length > limit:
                        raise error.BadRequest("the file is too large")
                    into.write(chunk)
        except TimeoutError:
            raise error.TimedOut from None
        except aiohttp.ClientError as failure:
            raise BrokenConnection(type(failure).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """JSON by orjson; what it refuses (NaN, lone surrogates) is still read, so that one odd update stops nobody."""
        return read_json(payload)


class BrokenConnection(error.NetworkError):
    """The connection broke after the request may have been sent."""


class NotConnected(aiohttp.ClientError):
    """The way to Telegram, through a proxy perhaps, broke before anything was sent."""


class _Connector(aiohttp.TCPConnector):
    """Tells what failed before a request was sent from what failed after."""

    async def connect(self, *arguments: Any, **named: Any) -> Connection:
        try:
            return await super().connect(*arguments, **named)
        except (
            aiohttp.ClientConnectorError,
            aiohttp.ClientHttpProxyError,
            aiohttp.ConnectionTimeoutError,
            NotConnected,
        ):
            raise
        except (aiohttp.ClientError, OSError, ValueError) as failure:
            raise NotConnected(type(failure).__name__) from None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """The whole body, of MOST_READ bytes at most."""
    if response.content_length is not None and response.content_length <= MOST_READ:
        return await response.read()
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > MOST_READ:
            raise OddAnswer("an answer without end", perhaps=True)
    return bytes(content)


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _form(fields: Mapping[str, Any], files: Mapping[str, File]) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value if isinstance(value, str) else orjson.dumps(value).decode())
    for name, file in files.items():
        content = file.content.view() if isinstance(file.content, Scratch) else file.content
        form.add_field(name, content, filename=file.name)
    return form


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else bytes(content.read())
