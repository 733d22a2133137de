"""The report of a benchmark as one self-contained page, with faces."""

import base64
from collections.abc import Iterator
from pathlib import Path

from mmpose_scgcn.files import write_text
from mmpose_scgcn.images import read_image
from mmpose_scgcn.visualization.faces import draw_comparison

import cv2
import jinja2
import numpy as np

from .report import describe, report_plots
from .results import Results, slugify
from .suite import Suite
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
    write_text(path, text)
    return path


def embed(content: bytes, kind: str) -> str:
    """Turn a picture into an address that holds it."""
    return f'data:image/{kind};base64,{base64.b64encode(content).decode()}'


def _galleries(
    suite: Suite, known: Results, work_dir: Path
) -> Iterator[tuple[str, list]]:
    """Go through the test sets whose images are as they are."""
    for test in suite.undisturbed:
        rows = []
        for method in suite.methods:
            for run in known.of(method.name)[:1]:
                slug = slugify(method.name, run.seed)
                folder = work_dir / suite.name / slug / 'predictions'
                rows.append(
                    (method.name, list(_worst(folder / f'{test}.npz')))
                )
        if any(faces for _, faces in rows):
            yield test, [row for row in rows if row[1]]


def _worst(path: Path) -> Iterator[tuple[str, str]]:
    """Draw the worst faces; those without an image are left out."""
    if not path.is_file():
        return
    faces = dict(np.load(path))
    found = np.isfinite(faces['pred']).all(axis=(1, 2))
    nme = np.where(found, np.nan_to_num(faces['nme'], nan=-1.0), -2.0)
    for index in np.argsort(-nme, kind='stable')[: min(WORST, found.sum())]:
        face = {key: values[index] for key, values in faces.items()}
        try:
            image = read_image(str(face['img_path']))
        except (OSError, ValueError):
            continue
        box, gt, pred, visible = (
            face[key] for key in ('box', 'gt', 'pred', 'visible')
        )
        tile = draw_comparison(image, box, gt, pred, visible, TILE)
        _, content = cv2.imencode('.jpg', tile, [cv2.IMWRITE_JPEG_QUALITY, 85])
        caption = f'id {face["id"]}: {100 * face["nme"]:.1f} %'
        yield caption, embed(content.tobytes(), 'jpeg')
