"""The tool that serves the page."""

import http.client
import os
import re
import signal
import subprocess
import sys

import pytest


@pytest.fixture
def start(root):
    """Start the tool; gives the process."""
    started = []

    def start_with(*arguments, **variables) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, 'tools/serve.py', *map(str, arguments)],
            cwd=root,
            env={**os.environ, 'PYTHONPATH': str(root), **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell may have started the tests in the background.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        started.append(process)
        return process

    yield start_with
    for process in started:
        process.kill()
        process.communicate()


def test_it_says_where_the_page_is_and_ends_on_ctrl_c(
    start, exported, runtime
):
    process = start(exported, '--port', 0, '--no-browser')
    line = process.stdout.readline()
    port = int(re.match(r'http://127\.0\.0\.1:(\d+)/ ', line)[1])
    link = http.client.HTTPConnection('127.0.0.1', port, timeout=10)
    link.request('GET', '/')
    assert b'Face landmarks' in link.getresponse().read()
    link.close()
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=20)
    assert (process.returncode, out, error) == (0, 'serve: ended\n', '')


# A browser that has ended when it has the page, as "w3m -dump".
BROWSER = """#!{python}
import sys, urllib.request
try:
    page = urllib.request.urlopen(sys.argv[1], timeout=10).read()
    print('Face landmarks' in page.decode(), flush=True)
except OSError as error:
    print(error, flush=True)
"""


def test_a_browser_that_is_waited_for_gets_the_page(
    start, exported, runtime, tmp_path
):
    program = tmp_path / 'browser'
    program.write_text(BROWSER.format(python=sys.executable))
    program.chmod(0o755)
    process = start(exported, '--port', 0, BROWSER=str(program))
    assert process.stdout.readline().startswith('http://127.0.0.1:')
    assert process.stdout.readline() == 'True\n'
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=20)
    assert (process.returncode, out, error) == (0, 'serve: ended\n', '')


def test_neither_pytorch_nor_mmpose_is_needed(root):
    code = (
        'import sys; import mmpose_scgcn.web.shipped; '
        'print({"torch", "mmengine", "mmpose"} & set(sys.modules))'
    )
    done = subprocess.run(
        [sys.executable, '-c', code], cwd=root, capture_output=True, text=True
    )
    assert done.stdout == 'set()\n', done.stderr


def test_a_folder_that_is_no_model_is_named(start, tmp_path, runtime):
    process = start(tmp_path, '--no-browser')
    _, error = process.communicate(timeout=60)
    assert process.returncode == 1
    assert error.startswith(
        f'serve: {tmp_path} is a folder without model.json'
    )


def test_a_port_that_is_taken_is_named(start, exported, runtime):
    first = start(exported, '--port', 0, '--no-browser')
    port = re.search(r':(\d+)/', first.stdout.readline())[1]
    _, error = start(exported, '--port', port).communicate(timeout=60)
    assert error.startswith(f'serve: port {port} cannot be used')
    assert '--port 0' in error


def test_a_missing_detector_is_named(start, exported, runtime):
    process = start(exported, '--detector', 'gone.onnx')
    _, error = process.communicate(timeout=60)
    assert error == 'serve: --detector: no file gone.onnx\n'
