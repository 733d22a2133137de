"""A model that was adapted to other annotations, in the browser."""

from pathlib import Path

from mmpose_scgcn import load_model
from mmpose_scgcn.apis.adapted_model import write_adapted
from mmpose_scgcn.apis.adapting import adapt
from mmpose_scgcn.datasets.annotated_faces import read_coco_faces
from mmpose_scgcn.web import build_site

import numpy as np
import pytest

from .conftest import (
    MODEL,
    need_exporters,
    predict_photo,
    serving,
    wait_for,
)


@pytest.fixture(scope='module')
def adapted(synthetic_faces, tmp_path_factory) -> tuple[Path, Path]:
    """The checkpoint, and the exported folder."""
    need_exporters()
    from mmpose_scgcn.export import Options, export_model

    folder = tmp_path_factory.mktemp('adapted')
    base = load_model(MODEL, device='cpu')
    mirror = base.model.dataset_meta['flip_indices']
    faces = read_coco_faces(
        synthetic_faces / 'face_landmarks_wflw_train.json',
        flip_pairs=','.join(f'{i}-{j}' for i, j in enumerate(mirror) if i < j),
    )
    norm = dict(type='mmpose_scgcn.FaceAlignmentMetric', norm='box_size')
    paths = write_adapted(
        folder / 'mine.pth', base, adapt(base, faces), norm, dict()
    )
    model = load_model(paths[0], device='cpu')
    export_model(model, folder / 'exported', Options(num_faces=2))
    return paths[0], folder / 'exported'


@pytest.mark.parametrize('mirror', [True, False])
def test_its_landmarks_are_those_of_pytorch(
    open_page, adapted, runtime, photo, mirror
):
    checkpoint, folder = adapted
    model = load_model(checkpoint, device='cpu')
    model.model.test_cfg['flip_test'] = mirror
    truth = model(photo[0], boxes=[photo[1]]).keypoints[0]
    with serving(build_site([folder], runtime)) as server:
        page = open_page(server.url)
        wait_for(page, '^Ready')
        page.set_checked('#mirror', mirror)
        found = predict_photo(page, photo)
    assert np.abs(found - truth).max() < 0.05
