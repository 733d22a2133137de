"""Sets of many faces are checked as small ones are, and not kept."""

from mmpose_scgcn.checks import faces as module
from mmpose_scgcn.checks.faces import Faces, check_images

import numpy as np
import pytest
from torch.utils.data import Subset


class FaceSet:
    """Thirty faces on ten images, of which one is not there."""

    def __init__(self, folder):
        self.folder, self.read = folder, 0
        for number in range(9):
            (folder / f'{number}.png').touch()

    def full_init(self):
        """Nothing to read."""

    def __len__(self):
        return 30

    def get_data_info(self, index):
        self.read += 1
        path = str(self.folder / f'{index // 3}.png')
        return dict(id=index, img_path=path, keypoints=np.zeros((1, 5, 2)))


@pytest.fixture
def dataset(tmp_path):
    return FaceSet(tmp_path)


@pytest.fixture(params=[100, 30, 29, 7], ids=lambda most: f'most {most}')
def most(request, monkeypatch):
    monkeypatch.setattr(module, '_MOST', request.param)
    monkeypatch.setattr(Faces, 'has_transform', lambda self, name: True)
    return request.param


@pytest.mark.parametrize('wrapped', [False, True])
def test_all_faces_are_read(dataset, most, wrapped):
    whole = Subset(dataset, [*range(30), 3, 3, 4]) if wrapped else dataset
    faces = Faces('training', whole)
    for _ in range(2):
        assert [info['id'] for info in faces.infos] == list(range(30))
    assert dataset.read == (30 if most >= 30 else 60)


def test_few_files_are_looked_for(dataset, most):
    faces = Faces('training', dataset)
    assert len(faces.image_paths) == {100: 10, 30: 10, 29: 10, 7: 6}[most]
    assert dataset.read <= max(most, 30) // (1 if most >= 29 else 5)


def test_missing_images_are_told(dataset, most):
    for number in range(9):
        (dataset.folder / f'{number}.png').unlink()
    (told,) = check_images(Faces('training', dataset)).errors
    count = 6 if most == 7 else 10
    words = 'images' if most >= 30 else 'images that were looked for'
    assert told.startswith(f'training: {count} of {count} {words} are not')
