"""The page finds in a browser what Python finds, and asks nobody else."""

import json
from pathlib import Path

from mmpose_scgcn import load_model
from mmpose_scgcn.runtime import load_exported

import cv2
import numpy as np
import pytest

from .conftest import MODEL, draw_box, wait_for


def upload(page, image: np.ndarray, name: str = 'face.png') -> None:
    page.set_input_files(
        '#file',
        dict(
            name=name,
            mimeType='image/png',
            buffer=cv2.imencode('.png', image)[1].tobytes(),
        ),
    )


def saved(page, button: str) -> Path:
    with page.expect_download() as download:
        page.click(button)
    return download.value


def records(page) -> list[dict]:
    return json.loads(saved(page, '#save-points').path().read_text())


def predict(page, photo) -> np.ndarray:
    image, box = photo
    upload(page, image)
    wait_for(page, 'Draw a box')
    draw_box(page, box)
    wait_for(page, '^1 face')
    (record,) = records(page)
    assert record['bbox'] == [box.tolist()]
    return np.array(record['keypoints'])


@pytest.mark.parametrize('mirror', [True, False])
def test_landmarks_are_those_of_pytorch(open_page, page_url, photo, mirror):
    page = open_page(page_url)
    page.select_option('#model', label=f'{MODEL}, float32')
    wait_for(page, '^Ready')
    page.set_checked('#mirror', mirror)
    found = predict(page, photo)
    model = load_model(MODEL, device='cpu')
    model.model.test_cfg['flip_test'] = mirror
    truth = model(photo[0], boxes=[photo[1]]).keypoints[0]
    assert np.abs(found - truth).max() < 0.05


def test_eight_bits_are_those_of_python(
    open_page, page_url, photo, exported
):
    found = predict(open_page(page_url), photo)
    model = load_exported(exported, precision='int8')
    truth = model(photo[0], boxes=[photo[1]]).keypoints[0]
    assert np.abs(found - truth).max() < 0.5
