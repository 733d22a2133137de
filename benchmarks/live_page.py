"""How fast the live page is: frames a second, and milliseconds of each part.

python benchmarks/live_page.py exported/face68 --threads 1 2

A headless Chromium opens the page with a camera that shows a drawn face going
in a circle, 640 x 480 px, 30 frames a second, and one line is printed for
each network of each folder and number of threads. ``--no-detector`` leaves
out the face detector: the box is given once. Needs Chromium, ``pip install
playwright`` and, for the page, ``make web``. Run it on an idle machine.
"""

import argparse
import re
import shutil
import tempfile
import threading
from pathlib import Path
from typing import Any

from mmpose_scgcn.detection import find_yunet
from mmpose_scgcn.synthetic import make_face
from mmpose_scgcn.web import PageServer, build_site, find_runtime

import cv2
import numpy as np

SIZE = 640, 480
FACE = 240  # px
FRAMES = 60  # of one round
RADIUS = 12  # px

#: What the page asks for its camera, and no dialogue.
CAMERA = (
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
)


def draw_frames() -> list[np.ndarray]:
    """Draw a face that goes in a circle, (H, W, 3) BGR each."""
    face = make_face(seed=11, index=5, size=FACE).image
    frames = []
    for number in range(FRAMES):
        image = np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)
        x, y = place_of(number)
        image[y : y + FACE, x : x + FACE] = face
        frames.append(image)
    return frames


def place_of(number: int) -> tuple[int, int]:
    """Where the face's upper left corner is in a frame, px."""
    angle = 2 * np.pi * number / FRAMES
    return round(200 + RADIUS * np.cos(angle)), round(
        120 + RADIUS * np.sin(angle)
    )


def write_video(path: Path, frames: list[np.ndarray]) -> None:
    """Write frames as YUV4MPEG2, which Chromium shows as a camera."""
    height, width = frames[0].shape[:2]
    with path.open('wb') as file:
        head = f'YUV4MPEG2 W{width} H{height} F30:1 Ip A1:1 C420jpeg\n'
        file.write(head.encode())
        for image in frames:
            file.write(b'FRAME\n')
            file.write(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420).tobytes())


def camera_options(video: Path) -> list[str]:
    """Give the options with which Chromium takes a video for a camera."""
    return [*CAMERA, f'--use-file-for-fake-video-capture={video}']


def read_speed(text: str) -> dict[str, float]:
    """Read what the page says of its speed: ``rate``, and ms by part."""
    rate = re.match(r'([\d.]+) frames a second', text)
    parts = {
        name: float(ms) for name, ms in re.findall(r'(\w+) ([\d.]+) ms', text)
    }
    return dict(rate=float(rate[1]) if rate else 0.0, **parts)


def watch(page: Any, seconds: float) -> dict[str, float]:
    """Open the page's camera, wait, and read its speed."""
    page.click('#camera')
    moving = page.locator('#speed', has_text='frames a second')
    moving.wait_for(timeout=120_000)
    page.wait_for_timeout(1000 * seconds)
    return read_speed(page.inner_text('#speed'))


def parse_args() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument('folders', nargs='+', type=Path)
    parser.add_argument('--threads', nargs='+', type=int, default=[1])
    parser.add_argument('--seconds', type=float, default=10)
    parser.add_argument('--no-detector', action='store_true')
    return parser.parse_args()


def measure(args: argparse.Namespace, browser: Any, url: str) -> None:
    """Print a line for each network and number of threads."""
    for threads in args.threads:
        for label in open_page(browser, url, threads)[1]:
            page, _ = open_page(browser, url, threads, label)
            parts = ', '.join(
                f'{name} {value:.1f}'
                for name, value in watch(page, args.seconds).items()
            )
            print(f'{label}, {threads} threads: {parts}', flush=True)
            page.close()


def open_page(
    browser: Any, url: str, threads: int, label: str = ''
) -> tuple[Any, list[str]]:
    """Open the page, choose a network, and list all of them."""
    page = browser.new_page()
    page.goto(f'{url}?threads={threads}')
    status = page.locator('#status')
    status.filter(has_text='Ready').wait_for(timeout=120_000)
    if label:
        page.select_option('#model', label=label)
        status.filter(has_text=f'Ready: {label}').wait_for(timeout=120_000)
    return page, page.locator('#model option').all_inner_texts()


def main() -> None:
    """Measure everything that is asked for."""
    from playwright.sync_api import sync_playwright

    args = parse_args()
    detector = None if args.no_detector else find_yunet()
    site = build_site(args.folders, find_runtime(), detector)
    with (
        tempfile.TemporaryDirectory() as folder,
        PageServer(site) as server,
        sync_playwright() as playwright,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        video = Path(folder, 'face.y4m')
        write_video(video, draw_frames())
        browser = playwright.chromium.launch(
            executable_path=shutil.which('chromium'),
            args=['--no-sandbox', *camera_options(video)],
        )
        measure(args, browser, server.url)
        browser.close()
        server.shutdown()


if __name__ == '__main__':
    main()
