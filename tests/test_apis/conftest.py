"""A model that has seen nothing, with a graph, as config and checkpoint."""

from types import SimpleNamespace

from mmpose_scgcn.apis import load_model
from mmpose_scgcn.config_files import shipped_configs
from mmpose_scgcn.synthetic import make_face

import numpy as np
import pytest
import torch
from mmengine.config import Config
from mmengine.registry import init_default_scope

CONFIG = 'td-reg_cnn6-graph-refinement_1xb32-6e_synthetic-128x128'
BOXES = np.array([[20, 20, 70, 75], [2, 40, 30, 90]], np.float32)


@pytest.fixture(scope='session')
def untrained(synthetic_faces, tmp_path_factory):
    """Paths ``config`` and ``checkpoint`` of a small model."""
    from mmpose.registry import MODELS

    (source,) = shipped_configs().rglob(f'{CONFIG}.py')
    cfg = Config.fromfile(source)
    cfg.model.backbone.widths = (4, 4, 8, 8, 8)
    cfg.model.head.update(
        in_channels=(4, 4, 8, 8, 8),
        pyramid_channels=(4, 4, 8, 8, 8),
        hidden_channels=8,
    )
    cfg.test_dataloader.dataset.update(
        data_root=str(synthetic_faces),
        ann_file='face_landmarks_wflw_train.json',
    )
    cfg.test_dataloader.update(num_workers=0, persistent_workers=False)
    init_default_scope(cfg.default_scope)
    torch.manual_seed(0)
    model = MODELS.build(cfg.model)
    angles = 2 * np.pi * np.arange(98) / 98
    shape = 0.5 + 0.3 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    model.head.graph.fill(
        dict(
            num_keypoints=98,
            top_k=3,
            neighbors=[[(i + j) % 98 for j in range(4)] for i in range(98)],
            mean_shape=shape.tolist(),
        )
    )
    for module in (model.head.adjacency, model.head.relation):
        for parameter in module.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
    folder = tmp_path_factory.mktemp('untrained')
    paths = SimpleNamespace(
        config=str(folder / 'small.py'), checkpoint=str(folder / 'small.pth')
    )
    cfg.dump(paths.config)
    torch.save(dict(state_dict=model.state_dict(), meta={}), paths.checkpoint)
    return paths


@pytest.fixture(scope='session')
def model(untrained):
    """Of the package's own door, with a detector that knows two boxes."""
    return load_model(
        untrained.config,
        untrained.checkpoint,
        device='cpu',
        detector=lambda image: (BOXES, [0.5, 0.9]),
    )


@pytest.fixture(scope='session')
def images():
    faces = (make_face(3, index, size=96) for index in range(3))
    return [np.ascontiguousarray(face.image) for face in faces]


@pytest.fixture
def boxes():
    return BOXES.copy()
