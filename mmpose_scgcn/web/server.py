"""A server of files for this machine alone."""

import os
import re
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .site import Site

HOST = '127.0.0.1'

#: The names by which this machine may be asked. The port is that at the
#: browser's end, which is another one where a port is forwarded.
_OWN_NAME = re.compile(
    r'(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?', re.IGNORECASE
)
_REFUSAL = (
    'This page is for its own machine alone: open it by the name localhost '
    'or 127.0.0.1.\n'
)

_TYPES = {
    '.css': 'text/css; charset=utf-8',
    '.html': 'text/html; charset=utf-8',
    '.jpg': 'image/jpeg',
    '.js': 'text/javascript; charset=utf-8',
    '.json': 'application/json',
    '.mjs': 'text/javascript; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.txt': 'text/plain; charset=utf-8',
    '.wasm': 'application/wasm',
}

#: The page may load, run and ask for its own files alone; what it shows
#: beside them it has made itself (blob:). The two cross-origin headers are
#: what browsers demand for threads.
HEADERS = {
    'Content-Security-Policy': '; '.join(
        [
            "default-src 'none'",
            "script-src 'self' 'wasm-unsafe-eval'",
            "style-src 'self'",
            "img-src 'self' blob:",
            "connect-src 'self'",
            "worker-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
        ]
    ),
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(), geolocation=()',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    'Cache-Control': 'no-cache',
}


class PageServer(ThreadingHTTPServer):
    """Serves a site on the loopback address.

    Args:
        site (Site): What it consists of.
        port (int): Defaults to 0: one that is free.

    Raises:
        OSError: The port is taken.
    """

    daemon_threads = True
    # On Windows a second server could take the port of a running one.
    allow_reuse_address = os.name != 'nt'

    def __init__(self, site: Site, port: int = 0) -> None:
        self.site = site
        super().__init__((HOST, port), _Handler)

    @property
    def url(self) -> str:
        """Where the page is."""
        return f'http://{HOST}:{self.server_port}/'

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a browser that goes away in the middle."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the addresses of the site."""

    server: PageServer
    protocol_version = 'HTTP/1.1'
    timeout = 60  # seconds that a connection may be idle

    def do_GET(self) -> None:
        """Send a file."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Send a file's headers."""
        self._answer(with_body=False)

    def _refuse_method(self) -> None:
        self.close_connection = True  # a body may follow
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, {'Allow': 'GET, HEAD'})

    do_DELETE = do_OPTIONS = do_PATCH = do_POST = do_PUT = _refuse_method

    def _answer(self, with_body: bool) -> None:
        # A page elsewhere can point its own name to this machine (DNS
        # rebinding); it then asks for that name.
        hosts = self.headers.get_all('Host', [])
        if len(hosts) != 1 or not _OWN_NAME.fullmatch(hosts[0]):
            self._refuse_name(with_body)
            return
        try:
            address = urlsplit(self.path).path
        except ValueError:  # no address at all
            address = ''
        text = self.server.site.texts.get(address)
        path = self.server.site.files.get(address)
        if text is not None:
            self._send_body(text.encode(), '.json', with_body)
        elif path is not None and path.is_file():
            self._send_file(path, with_body)
        else:
            self._send(HTTPStatus.NOT_FOUND)

    def _refuse_name(self, with_body: bool) -> None:
        self._send_body(
            _REFUSAL.encode(),
            '.txt',
            with_body,
            status=HTTPStatus.MISDIRECTED_REQUEST,
        )

    def _send_file(self, path: Path, with_body: bool) -> None:
        facts = path.stat()
        tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
        if self.headers.get('If-None-Match') == tag:
            self._send(HTTPStatus.NOT_MODIFIED, {'ETag': tag})
            return
        content = path.read_bytes()
        self._send_body(content, path.suffix, with_body, {'ETag': tag})

    def _send_body(
        self,
        content: bytes,
        suffix: str,
        with_body: bool,
        headers: dict[str, str] | None = None,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> None:
        kind = _TYPES.get(suffix, 'application/octet-stream')
        headers = {'Content-Type': kind, **(headers or {})}
        body = content if with_body else b''
        self._send(status, headers, body, len(content))

    def _send(
        self,
        status: HTTPStatus,
        headers: dict[str, str] | None = None,
        body: bytes = b'',
        length: int = 0,
    ) -> None:
        self.send_response(status)
        for name, value in (HEADERS | (headers or {})).items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header('Content-Length', str(length))
        self.end_headers()
        self.wfile.write(body)

    def version_string(self) -> str:
        """Say nothing about the versions of Python and its library."""
        return 'mmpose_scgcn'

    def log_message(self, *_: Any) -> None:
        """Keep the terminal quiet."""
