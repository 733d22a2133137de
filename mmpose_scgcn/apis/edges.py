"""The edge weights of a model, noted while it predicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from mmengine.model import BaseModel
from torch import Tensor


@contextmanager
def record_edges(model: BaseModel) -> Iterator[list[np.ndarray]]:
    """Keep the edge weights of each batch, those of the upright images.

    Args:
        model (BaseModel): An estimator whose head has an adjacency.

    Yields:
        list[np.ndarray]: One (B, K, k + 1) float32 more for each batch that
        the model predicts.

    Note:
        With a flip test a head is called for the mirrored images first;
        what is kept is the last call of each batch.
    """
    batches: list[np.ndarray] = []
    head = model.head
    latest: dict[str, Tensor] = {}
    hook = head.adjacency.register_forward_hook(
        lambda module, inputs, output: latest.update(edges=output)
    )
    predict = head.predict

    def predict_and_keep(*args: Any, **kwargs: Any) -> Any:
        output = predict(*args, **kwargs)
        batches.append(latest.pop('edges').float().cpu().numpy())
        return output

    head.predict = predict_and_keep
    try:
        yield batches
    finally:
        hook.remove()
        del head.predict
