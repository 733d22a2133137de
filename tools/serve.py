"""Open a page on which the browser finds keypoints in photos and a camera.

python tools/serve.py
python tools/serve.py exported/face68 exported/mine

The page runs exported models (``tools/export.py``) in the browser itself.
Only this machine can open it, and no picture leaves the browser. Ctrl-C ends
it.
"""

import argparse
import sys
import threading
import webbrowser
from pathlib import Path

from mmpose_scgcn.detection import find_yunet
from mmpose_scgcn.terminal import steady_output
from mmpose_scgcn.web import (
    PageServer,
    build_site,
    fetch_runtime,
    find_runtime,
)
from mmpose_scgcn.web.shipped import export_shipped


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        'folders',
        nargs='*',
        type=Path,
        help='exported models (default: those of the package, which are '
        'exported the first time)',
    )
    parser.add_argument(
        '--port', type=int, default=8018, help='0: one that is free'
    )
    parser.add_argument(
        '--detector',
        type=Path,
        help="YuNet's file (default: where predict finds it; without it you "
        'draw the boxes)',
    )
    parser.add_argument(
        '--no-browser',
        action='store_true',
        help='only print the address',
    )
    parser.add_argument(
        '--fetch-runtime',
        action='store_true',
        help='get onnxruntime-web from npm, and end',
    )
    return parser.parse_args()


def make_server(args: argparse.Namespace) -> PageServer:
    """Put the page together, and take the port.

    Raises:
        FileNotFoundError, ValueError: A part is missing, or is another
            thing.
        OSError: The port is taken.
    """
    if args.detector and not args.detector.is_file():
        raise FileNotFoundError(f'--detector: no file {args.detector}')
    runtime = find_runtime()
    folders = args.folders or export_shipped()
    site = build_site(folders, runtime, args.detector or find_yunet())
    try:
        return PageServer(site, args.port)
    except (OSError, OverflowError) as error:
        raise OSError(
            f'port {args.port} cannot be used ({error}); --port 0 takes one '
            'that is free'
        ) from error


def open_browser(url: str) -> None:
    """Open the page without waiting: a browser of the terminal stays open.

    Args:
        url (str): Where the page is.
    """
    threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def main() -> None:
    """Run the command line."""
    steady_output()
    args = parse_args()
    try:
        if args.fetch_runtime:
            print(f'onnxruntime-web: {fetch_runtime()}')
            return
        with make_server(args) as server:
            print(f'{server.url} (Ctrl-C ends it)', flush=True)
            if not args.no_browser:
                open_browser(server.url)
            server.serve_forever()
    except KeyboardInterrupt:
        print('serve: ended')
    except (OSError, RuntimeError, ValueError, ImportError) as error:
        sys.exit(f'serve: {error}')


if __name__ == '__main__':
    main()
