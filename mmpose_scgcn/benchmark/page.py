"""The report of a benchmark as one self-contained page, with faces."""

import base64
from collections.abc import Iterator
from pathlib import Path

from mmpose_scgcn.visualization.faces import (
    PREDICTED_COLOR,
    TRUE_COLOR,
    crop_tile,
    draw_points,
)

import cv2
import jinja2
import numpy as np

from .report import describe, report_plots
from .results import Results, slugify
from .suite import Method, Suite
from .tables import make_tables, state

WORST = 8
TILE = 144


def write_page(
    suite: Suite, known: Results, folder: str | Path, work_dir: str | Path
) -> Path:
    """Write tables, plots and the worst faces of each method as one page.

    Pictures of faces are there only for runs whose predictions are still in
    ``work_dir``, with the images they were made of.

    Returns:
        Path: ``<work_dir>/<suite>/report.html``.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    text = environment.get_template('page.html.jinja').render(
        suite=suite,
        description=describe(suite, known),
        tables=make_tables(suite, known),
        failed=[m.name for m in suite.methods if 'failed' in state(m, known)],
        plots=[
            (path.stem, embed(path.read_bytes(), 'png'))
            for path in report_plots(suite, known, folder)
            if path.is_file()
        ],
        galleries=list(_galleries(suite, known, Path(work_dir))),
    )
    path = Path(work_dir) / suite.name / 'report.html'
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding='utf-8')
    return path


def embed(content: bytes, kind: str) -> str:
    """Turn a picture into an address that holds it."""
    return f'data:image/{kind};base64,{base64.b64encode(content).decode()}'


def _galleries(
    suite: Suite, known: Results, work_dir: Path
) -> Iterator[tuple[str, list]]:
    """Go through the test sets whose images are as they are."""
    for test in suite.undisturbed:
        rows = [
            (method.name, faces)
            for method in suite.methods
            if (faces := _worst(suite, known, method, test, work_dir))
        ]
        if rows:
            yield test, rows


def _worst(
    suite: Suite, known: Results, method: Method, test: str, work_dir: Path
) -> list[tuple[str, str]]:
    """Draw the worst faces of a method's first seed."""
    for run in known.of(method.name)[:1]:
        slug = slugify(method.name, run.seed)
        path = work_dir / suite.name / slug / 'predictions' / f'{test}.npz'
        if path.is_file():
            faces = np.load(path)
            nme = np.nan_to_num(faces['nme'], nan=-1.0)
            order = np.argsort(-nme, kind='stable')[:WORST]
            return list(_draw(faces, order))
    return []


def _draw(faces, order: np.ndarray) -> Iterator[tuple[str, str]]:
    """Draw faces; those without an image are left out."""
    arrays = {key: faces[key] for key in faces.files}
    for index in order:
        face = {key: values[index] for key, values in arrays.items()}
        image = cv2.imread(str(face['img_path']))
        if image is None:
            continue
        tile, matrix = crop_tile(image, face['box'], TILE)
        for key, color in (('gt', TRUE_COLOR), ('pred', PREDICTED_COLOR)):
            points = face[key][:, :2] @ matrix[:, :2].T + matrix[:, 2]
            visible = face['visible'] if key == 'gt' else None
            tile = draw_points(tile, points, color, visible)
        _, content = cv2.imencode('.jpg', tile, [cv2.IMWRITE_JPEG_QUALITY, 85])
        caption = f'id {face["id"]}: {100 * face["nme"]:.1f} %'
        yield caption, embed(content.tobytes(), 'jpeg')
