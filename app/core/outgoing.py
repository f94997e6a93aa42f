"""Requests that leave for another server: no more of an answer is read than it needs to say."""

from collections.abc import AsyncIterator
from typing import Final

import httpx

MAX_ANSWER: Final = 128 * 1024  # bytes; keys and tokens are a few thousand


class AnswerError(httpx.HTTPError):
    """An answer of a size that nobody needs."""


class Bounded(httpx.AsyncBaseTransport):
    """Counts the body while it comes; refuses one that may be small until it is opened."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self.inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send it.

        Raises:
            AnswerError: the answer is compressed, which was not asked for.
        """
        response = await self.inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise AnswerError("compressed")
        return httpx.Response(response.status_code, headers=response.headers, stream=_Counted(response))

    async def aclose(self) -> None:
        """Close what is below."""
        await self.inner.aclose()


class _Counted(httpx.AsyncByteStream):
    def __init__(self, response: httpx.Response) -> None:
        self.response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        seen = 0
        async for chunk in self.response.stream:  # type: ignore[union-attr]  # an asynchronous transport gives one
            seen += len(chunk)
            if seen > MAX_ANSWER:
                raise AnswerError("too long")
            yield chunk

    async def aclose(self) -> None:
        await self.response.aclose()
