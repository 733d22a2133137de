"""The edge weights of a model, noted while it predicts."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock, get_ident
from typing import Any

import numpy as np
from mmengine.model import BaseModel
from torch import Tensor

#: A head takes one recorder at a time.
_RECORDING = Lock()


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
        what is kept is the last call of each batch. Recorders of several
        threads take turns, and each keeps the batches of its own thread.
    """
    batches: list[np.ndarray] = []
    head, thread = model.head, get_ident()
    latest: dict[str, Tensor] = {}

    def keep(module: Any, inputs: Any, output: Tensor) -> None:
        if get_ident() == thread:
            latest['edges'] = output

    def predict_and_keep(*args: Any, **kwargs: Any) -> Any:
        output = predict(*args, **kwargs)
        if get_ident() == thread:
            batches.append(latest.pop('edges').float().cpu().numpy())
        return output

    with _RECORDING:
        hook = head.adjacency.register_forward_hook(keep)
        predict = head.predict
        head.predict = predict_and_keep
        try:
            yield batches
        finally:
            hook.remove()
            del head.predict
