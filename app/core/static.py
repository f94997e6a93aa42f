"""Built files with a content hash in their name: kept for ever by browsers, sent precompressed."""

from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

LONGEST = 120  # characters; our own names are far shorter
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class BuiltFiles(StaticFiles):
    """Serves the twin that the browser can read, when there is one."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, its smaller twin if accepted, and the right to keep it a year."""
        if len(path) > LONGEST:
            raise HTTPException(404)
        accepted = Headers(scope=scope).get("accept-encoding", "")
        for encoding, suffix in _ENCODINGS:
            if encoding in accepted and (Path(str(self.directory)) / (path + suffix)).is_file():
                response = await super().get_response(path + suffix, scope)
                response.headers["content-encoding"] = encoding
                response.headers["content-type"] = _type(path)
                break
        else:
            response = await super().get_response(path, scope)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        response.headers["vary"] = "Accept-Encoding"
        return response


def _type(path: str) -> str:
    kinds = {
        ".css": "text/css",
        ".js": "text/javascript",
        ".svg": "image/svg+xml",
        ".json": "application/json",
    }
    return f"{kinds.get(Path(path).suffix, 'application/octet-stream')}; charset=utf-8"
