"""MMDetection's inferencer, of which a small one stands in."""

INFERENCER = """
import torch
from mmengine.structures import InstanceData
from types import SimpleNamespace


class DetInferencer:
    def __init__(self, model, weights=None, device=None, show_progress=True):
        assert (model, weights, device) == ('some_model', 'w.pth', 'cpu')
        assert not show_progress

    def __call__(self, image, return_datasamples=False):
        assert return_datasamples and image.shape == (60, 80, 3)
        found = InstanceData(
            bboxes=torch.tensor([[i, 0, i + 9.0, 9] for i in range(4)]),
            scores=torch.tensor([0.4, 0.95, 0.9, 0.2]),
            labels=torch.tensor([1, 0, 1, 1]),
        )
        return dict(predictions=[SimpleNamespace(pred_instances=found)])
"""


def test_boxes_of_the_category_the_best_first(run_python, tmp_path):
    (tmp_path / 'mmdet').mkdir()
    (tmp_path / 'mmdet/__init__.py').touch()
    (tmp_path / 'mmdet/apis.py').write_text(INFERENCER)
    result = run_python(
        '-c',
        'import numpy as np\n'
        'from mmpose_scgcn.detection import build_detector\n'
        "detector = build_detector('some_model', weights='w.pth', "
        "category=1, device='cpu')\n"
        'boxes, scores = detector(np.zeros((60, 80, 3), np.uint8))\n'
        'print(boxes.tolist(), (10 * scores).round().tolist())',
        path=tmp_path,
    )
    expected = '[[2.0, 0.0, 11.0, 9.0], [0.0, 0.0, 9.0, 9.0]] [9.0, 4.0]'
    assert result.stdout.strip() == expected, result.stderr
