"""The server gives its own files, to this machine, and nothing else."""

import contextlib
import http.client
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from mmpose_scgcn.web import PageServer, Site

import pytest

from .conftest import serving


@pytest.fixture
def server(tmp_path) -> Iterator[PageServer]:
    (tmp_path / 'page.html').write_text('<p>page</p>')
    (tmp_path / 'secret.txt').write_text('secret')
    site = Site({'/': tmp_path / 'page.html'}, {'/models.json': '{}'})
    with serving(site) as server:
        yield server


def ask(server, path: str, method: str = 'GET', **headers: str):
    link = http.client.HTTPConnection(*server.server_address, timeout=10)
    try:
        link.putrequest(method, path, skip_host='Host' in headers)
        for name, value in headers.items():
            link.putheader(name.replace('_', '-'), value)
        link.endheaders()
        answer = link.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        link.close()


def test_a_file_comes_with_its_kind_and_strict_headers(server):
    status, headers, body = ask(server, '/?a=b')
    assert (status, body) == (200, b'<p>page</p>')
    assert headers['Content-Type'] == 'text/html; charset=utf-8'
    policy = headers['Content-Security-Policy'].split('; ')
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert 'unsafe-inline' not in str(policy)
    assert headers['X-Content-Type-Options'] == 'nosniff'
    assert 'Python' not in headers['Server']


def test_json_comes_too(server):
    status, headers, body = ask(server, '/models.json')
    assert (status, body) == (200, b'{}')
    assert headers['Content-Type'] == 'application/json'


def test_head_gives_the_length_alone(server):
    status, headers, body = ask(server, '/', 'HEAD')
    assert (status, headers['Content-Length'], body) == (200, '11', b'')


def test_what_the_browser_has_is_not_sent_again(server):
    tag = ask(server, '/')[1]['ETag']
    status, _, body = ask(server, '/', If_None_Match=tag)
    assert (status, body) == (304, b'')
    assert ask(server, '/', If_None_Match='"another"')[0] == 200


@pytest.mark.parametrize(
    'path',
    [
        '/secret.txt',
        '/../secret.txt',
        '/..%2fsecret.txt',
        '/%2e%2e/secret.txt',
        '//secret.txt',
        '/./',
        '\\..\\secret.txt',
        '/etc/passwd',
        'http://elsewhere/secret.txt',
        '/page.html',
    ],
)
def test_nothing_else_is_served(server, path):
    status, _, body = ask(server, path)
    assert status in (404, 421)  # another file, or another host
    assert b'secret' not in body
    assert b'root:' not in body


@pytest.mark.parametrize(
    'method', ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS']
)
def test_nothing_can_be_sent(server, method):
    status, headers, _ = ask(server, '/', method)
    assert (status, headers['Allow']) == (405, 'GET, HEAD')


@pytest.mark.parametrize(
    'host',
    [
        'evil.example',
        'evil.example:{port}',
        'localhost.evil.example',
        'evil.localhost:{port}',
        '127.0.0.1.evil.example:{port}',
        '127a0b0c1',
        'localhost@evil.example',
        'localhost:{port}.evil.example',
        'localhost:',
        '::1',
        '0.0.0.0:{port}',
        '',
    ],
)
def test_another_name_for_this_machine_is_refused_in_words(server, host):
    host = host.format(port=server.server_port)
    status, headers, body = ask(server, '/', Host=host)
    assert status == 421
    assert headers['Content-Type'] == 'text/plain; charset=utf-8'
    assert b'open it by the name localhost or 127.0.0.1' in body


def test_the_headers_of_a_refusal_come_without_its_words(server):
    status, headers, body = ask(server, '/', 'HEAD', Host='evil.example')
    assert (status, body) == (421, b'')
    assert int(headers['Content-Length']) > 0


@pytest.mark.parametrize('name', ['127.0.0.1', 'localhost', '[::1]'])
@pytest.mark.parametrize('port', ['', ':80', ':9000', ':{port}'])
def test_this_machine_is_known_through_any_port(server, name, port):
    host = name + port.format(port=server.server_port)
    assert ask(server, '/', Host=host)[0] == 200


def test_only_this_machine_is_listened_to(server):
    assert server.server_address[0] == '127.0.0.1'
    assert server.url == f'http://127.0.0.1:{server.server_port}/'


def test_a_port_that_is_taken_is_refused(server):
    with pytest.raises(OSError):
        PageServer(Site(), server.server_port)


def test_a_file_that_is_gone_is_not_found(server):
    Path(server.site.files['/']).unlink()
    assert ask(server, '/')[0] == 404


def test_a_client_that_goes_away_leaves_it_running(server):
    with socket.create_connection(server.server_address) as link:
        link.sendall(b'GET / HTTP/1.1\r\n')
    assert ask(server, '/')[0] == 200


def say(server, text: bytes) -> bytes:
    """Send bytes that no client would send, and take the answer."""
    answer = b''
    with socket.create_connection(server.server_address, 10) as link:
        # It may have answered, and gone, before it is told everything.
        with contextlib.suppress(ConnectionError):
            link.sendall(text)
        with contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_WR)
            while part := link.recv(2**16):
                answer += part
    return answer


HOST = 'Host: 127.0.0.1:{}\r\n'


@pytest.mark.parametrize(
    ('text', 'status'),
    [
        ('GET /{long} HTTP/1.1\r\n{host}\r\n', 414),
        ('GET / HTTP/1.1\r\n{host}A: {long}\r\n\r\n', 431),
        ('GET / HTTP/1.1\r\n{host}' + 'A: b\r\n' * 200 + '\r\n', 431),
        ('TRACE / HTTP/1.1\r\n{host}\r\n', 501),
        ('CONNECT 127.0.0.1:22 HTTP/1.1\r\n{host}\r\n', 501),
        ('GET file:///etc/passwd HTTP/1.1\r\n{host}\r\n', 404),
        ('GET /../../etc/passwd HTTP/1.1\r\n{host}\r\n', 404),
        ('GET /\0 HTTP/1.1\r\n{host}\r\n', 404),
        ('GET http://[ HTTP/1.1\r\n{host}\r\n', 404),
        ('GET / HTTP/1.1\r\nHost: evil.example\r\n{host}\r\n', 421),
        ('GET / HTTP/1.1\r\n{host}Host: evil.example\r\n\r\n', 421),
        ('GET / HTTP/1.1\r\n\r\n', 421),
        ('GET / HTTP/9.9\r\n{host}\r\n', 505),
        ('no request\r\n\r\n', 400),
    ],
)
def test_requests_that_no_browser_sends(server, text, status, capfd):
    host = HOST.format(server.server_port)
    sent = text.replace('{host}', host).replace('{long}', 'a' * 2**17)
    answer = say(server, sent.encode('latin-1'))
    if '{long}' not in text or answer:
        first = answer.split(b'\r\n')[0]
        # Python 3.10 answers what is no request without a line of status.
        bare = first.startswith(b'<!DOCTYPE') and sys.version_info < (3, 11)
        told = f'Error code: {status}' if bare else f' {status} '
        assert told.encode() in (answer if bare else first)
    assert b'page</p>' not in answer
    assert b'root:' not in answer
    assert 'Traceback' not in capfd.readouterr().err


def test_a_link_in_the_folder_of_the_page_is_not_served(server, tmp_path):
    """Nothing is, but what is listed by name."""
    (tmp_path / 'link.html').symlink_to('/etc/hostname')
    assert ask(server, '/link.html')[0] == 404
