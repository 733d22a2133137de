from mmpose_scgcn.models.pose_estimators.rectification import rectify
from mmpose_scgcn.visualization.faces import PREDICTED_COLOR, TRUE_COLOR
from mmpose_scgcn.visualization.stages import draw_stages

import numpy as np
import torch
from mmengine.structures import InstanceData
from mmpose.structures import PoseDataSample

SHAPE = torch.tensor([[0.2, 0.3], [0.7, 0.3], [0.4, 0.7], [0.5, 0.5]])


class Model:
    """Both stages right, on a face that leans."""

    input_size = (64, 64)

    class fine:
        input_size = (32, 32)

    def data_preprocessor(self, batch, training):
        return dict(
            inputs=torch.stack(batch['inputs']).float(),
            data_samples=batch['data_samples'],
        )

    def run_stages(self, inputs):
        coarse = leaning()[None].expand(len(inputs), -1, -1)
        crop = rectify(coarse * 64, SHAPE, (64, 64))
        view = crop.sample(inputs, (32, 32))
        return coarse, crop, view, crop.from_input(coarse * 64)


def leaning():
    """The shape turned by 30 degrees about the middle."""
    cosine, sine = 3**0.5 / 2, 0.5
    matrix = torch.tensor([[cosine, -sine], [sine, cosine]])
    return (SHAPE - 0.5) @ matrix.T * 0.8 + 0.5


class Data:
    def __getitem__(self, index):
        sample = PoseDataSample(
            metainfo=dict(
                input_center=np.array([100.0, 80]),
                input_scale=np.array([128.0, 128]),
            ),
            gt_instances=InstanceData(
                keypoints=(leaning()[None].numpy() - 0.5) * 128 + [100, 80]
            ),
        )
        image = torch.full((3, 64, 64), 20, dtype=torch.uint8)
        return dict(inputs=image, data_samples=sample)


def test_three_tiles_a_face_and_the_middle_one_upright():
    tiles = draw_stages(Model(), Data(), [0, 1], 256)
    assert [tile.shape for tile in tiles] == [(256, 256, 3)] * 6
    crop = rectify(leaning()[None] * 64, SHAPE, (64, 64))
    upright = crop.from_input(leaning()[None] * 64)[0]
    # the first two keypoints are level once more
    assert abs(upright[0, 1] - upright[1, 1]) < 1e-4
    for tile, points in zip(
        tiles[:3], (leaning(), upright, leaning()), strict=True
    ):
        for x, y in (points * 256).round().int().tolist():
            assert tuple(tile[y, x].tolist()) == PREDICTED_COLOR


def test_truth_is_where_it_is_annotated():
    class Off(Model):
        def run_stages(self, inputs):
            coarse, crop, view, fine = super().run_stages(inputs)
            return coarse + 0.1, crop, view, fine + 0.2

    tiles = draw_stages(Off(), Data(), [0], 256)
    for tile in (tiles[0], tiles[2]):
        for x, y in (leaning() * 256).round().int().tolist():
            assert tuple(tile[y, x].tolist()) == TRUE_COLOR
