"""How ``extreme_batches.py`` makes its batches."""

import numpy as np
import torch
from extreme_models import MAPS, SIZE, K
from mmengine.dataset import Compose
from mmpose.registry import TRANSFORMS
from torch import Tensor, nn

PRECISIONS = (torch.float32, torch.bfloat16, torch.float16)
#: Labels where a keypoint does not count.
JUNK = (0.0, torch.nan, torch.inf, -torch.inf, 1e38)


class Batches:
    """Draw the parts of an extreme batch.

    Args:
        number (int): Of the batch; it decides everything.
    """

    def __init__(self, number: int) -> None:
        self.generator = torch.Generator().manual_seed(number)
        self.rng = np.random.default_rng(number)
        self.dtype = PRECISIONS[number % len(PRECISIONS)]
        self.size = int(self.rng.integers(2, 5))

    def normal(self, *shape: int) -> Tensor:
        """Draw normal numbers."""
        return torch.randn(shape, generator=self.generator)

    def power(self, low: float, high: float, *shape: int) -> Tensor:
        """Draw powers of ten, their exponents uniform."""
        part = torch.rand(shape, generator=self.generator)
        return 10 ** (low + (high - low) * part)

    def maps(self) -> list[Tensor]:
        """Draw feature maps, (B, C, H, W) each, that want gradients."""
        limit = 2 if self.dtype is torch.float16 else 4
        found = []
        for channels, width, height in MAPS:
            features = self.normal(self.size, channels, height, width)
            features = features * self.power(-6, limit, self.size, 1, 1, 1)
            kind = self.rng.integers(6)
            if kind == 0:
                features = torch.zeros_like(features)
            elif kind == 1:
                features = torch.full_like(features, 10.0**limit)
            elif kind == 2:
                features = features.relu()
            found.append(features.requires_grad_())
        return found

    def labels(self) -> tuple[Tensor, Tensor]:
        """Give labels (B, K, 2) and weights (B, K) of extreme boxes."""
        faces = [_encode(self.rng) for _ in range(self.size)]
        labels, weights = zip(*faces, strict=True)
        return torch.from_numpy(np.stack(labels)), torch.from_numpy(
            np.stack(weights)
        )

    def apart(self, output: Tensor) -> tuple[Tensor, Tensor]:
        """Place labels at 0 to 1e6 px from an output (B, K, 2).

        Returns:
            tuple[Tensor, Tensor]: Labels and weights (B, K), some of them
            fractions.
        """
        distance = self.power(-6, 6, self.size, K, 1)
        exact = torch.rand(distance.shape, generator=self.generator) < 0.1
        distance = torch.where(exact, 0.0, distance)
        way = nn.functional.normalize(self.normal(self.size, K, 2), dim=-1)
        target = output.detach().float() + distance * way / torch.tensor(SIZE)
        weight = torch.rand((self.size, K), generator=self.generator)
        return target, torch.where(weight < 0.5, 1.0, weight)

    def hide(self, target: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
        """Let some keypoints not count, with junk in their places."""
        share = self.rng.choice([0.0, 0.3, 1.0], p=[0.3, 0.6, 0.1])
        hidden = torch.rand(weight.shape, generator=self.generator) < share
        junk = JUNK[self.rng.integers(len(JUNK))]
        hidden |= ~target.isfinite().all(-1)
        target = target.masked_fill(hidden[..., None], junk)
        return target, weight.masked_fill(hidden, 0.0)

    def draw(self, output: Tensor) -> tuple[Tensor, Tensor]:
        """Give labels and weights for an output, of one kind or the other."""
        if self.rng.random() < 0.3:
            target, weight = self.labels()
        else:
            target, weight = self.apart(output)
        return self.hide(target, weight)


_PIPELINE: list[Compose] = []


def _encode(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Let MMPose's pipeline make the labels of a face in an extreme box.

    Returns:
        tuple[np.ndarray, np.ndarray]: (K, 2) and (K,).
    """
    if not _PIPELINE:
        codec = dict(type='RegressionLabel', input_size=SIZE)
        steps = [
            dict(type='GetBBoxCenterScale'),
            dict(type='TopdownAffine', input_size=SIZE),
            dict(type='GenerateTarget', encoder=codec),
        ]
        _PIPELINE.append(Compose([TRANSFORMS.build(step) for step in steps]))
    sides = 10 ** rng.uniform(-3, 6, 2)
    corner = rng.uniform(-1, 1, 2) * 10 ** rng.uniform(0, 6)
    spread = rng.choice([0.5, 0.5, 10.0])
    points = corner + sides * rng.uniform(0.5 - spread, 0.5 + spread, (K, 2))
    face = dict(
        img=np.zeros((8, 8, 3), np.uint8),
        bbox=np.float32([[*corner, *corner + sides]]),
        bbox_score=np.ones(1, np.float32),
        keypoints=points[None].astype(np.float32),
        keypoints_visible=np.float32(rng.random((1, K)) > 0.2),
        dataset_keypoint_weights=np.ones(K, np.float32),
    )
    with np.errstate(all='ignore'):
        done = _PIPELINE[0](face)
    return done['keypoint_labels'][0], done['keypoint_weights'][0]
