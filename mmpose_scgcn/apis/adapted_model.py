"""An adapted model as a file and a config."""

import copy
from pathlib import Path
from typing import Any

from mmpose_scgcn.config_files import shipped_configs
from mmpose_scgcn.datasets.loading import OURS, PLAIN, with_our_reader
from mmpose_scgcn.datasets.settings import (
    class_name,
    prediction_setting,
    type_name,
)
from mmpose_scgcn.files import write_text
from mmpose_scgcn.models.pose_estimators import AdaptedEstimator
from mmpose_scgcn.python_text import without_braces

from mmengine.config import Config
from mmpose.registry import MODELS

from .adapting import Adaptation
from .face_model import FaceModel
from .publishing import save_model, strip_state

_ADAPTED = 'mmpose_scgcn.AdaptedEstimator'
_ORIGIN = 'ShiftKeypointOrigin'


def adapted_config(
    model: FaceModel, adaptation: Adaptation, evaluator: dict
) -> Config:
    """Make the config of an adapted model.

    Args:
        model (FaceModel): What was adapted.
        adaptation (Adaptation): The adapter.
        evaluator (dict): Config of the metric.

    Returns:
        Config: Ready for ``tools/test.py``: the data set is that of the
        annotations, and the pipeline the model's own.
    """
    runtime = shipped_configs() / '_base_/default_runtime.py'
    cfg, base = Config.fromfile(runtime).to_dict(), model.cfg.to_dict()
    names = ('default_scope', 'custom_imports', 'data_mode', 'codec')
    cfg.update({name: base[name] for name in names if name in base})
    pipeline = prediction_setting(base)['pipeline']
    dataset = dict(
        adaptation.faces.dataset,
        pipeline=_adapted_pipeline(pipeline, adaptation),
    )
    cfg.update(
        model=_adapted_settings(base['model'], model, adaptation),
        dataset_type=dataset['type'],
        test_dataloader=dict(
            batch_size=32,
            num_workers=0,
            sampler=dict(type='DefaultSampler', shuffle=False, round_up=False),
            dataset=dataset,
        ),
        test_cfg={},
        test_evaluator=evaluator,
    )
    return Config(cfg)


def _adapted_settings(
    base: dict, model: FaceModel, adaptation: Adaptation
) -> dict:
    """Put an adapter beside the settings of an estimator."""
    targets, sources = adaptation.adapters.maps.shares.shape
    settings = copy.deepcopy(base)
    kind = settings.pop('type')
    adapter = dict(
        num_sources=sources,
        num_keypoints=targets,
        flip_indices=list(model.model.dataset_meta['flip_indices']),
    )
    return dict(settings, type=_ADAPTED, adapter=adapter, estimator_type=kind)


def _adapted_pipeline(
    pipeline: list[dict], adaptation: Adaptation
) -> list[dict]:
    """Read the annotations as they are, and crop as the model wants it."""
    kept = [t for t in pipeline if type_name(t) != _ORIGIN]
    added: list[dict[str, Any]] = []
    if adaptation.faces.origin:
        kind, origin = f'mmpose_scgcn.{_ORIGIN}', adaptation.faces.origin
        added.append(dict(type=kind, origin=origin))
    mapping = adaptation.mapping
    if mapping is not None:
        added.append(
            dict(
                type='mmpose_scgcn.MapAnnotatedBox',
                shift_x=mapping.shift_x,
                shift_y=mapping.shift_y,
                scale=mapping.scale_x,
            )
        )
    kept = with_our_reader(kept)
    names = PLAIN, class_name(OURS)
    readers = [n for n, t in enumerate(kept) if type_name(t) in names]
    place = 1 + readers[0]
    return [*kept[:place], *added, *kept[place:]]


def build_adapted(
    model: FaceModel, adaptation: Adaptation, cfg: Config
) -> AdaptedEstimator:
    """Put a model and its adapter together.

    Args:
        model (FaceModel): What was adapted; its weights are shared.
        adaptation (Adaptation): The adapter.
        cfg (Config): Of :func:`adapted_config`.

    Returns:
        AdaptedEstimator: Ready to predict.
    """
    adapted = MODELS.build(copy.deepcopy(cfg.model))
    adapted.estimator.load_state_dict(model.model.state_dict())
    adapted.adapter.fill(adaptation.state())
    adapted.dataset_meta = adaptation.dataset_meta
    return adapted.eval()


def write_adapted(
    path: Path,
    model: FaceModel,
    adaptation: Adaptation,
    evaluator: dict,
    facts: dict,
) -> tuple[Path, Path]:
    """Write a file of weights that says by itself what it is, and a config.

    Args:
        path (pathlib.Path): The file of weights, ``.pth``.
        model (FaceModel): What was adapted.
        adaptation (Adaptation): The adapter.
        evaluator (dict): Config of the metric.
        facts (dict): What is to be known of it, plain values.

    Returns:
        tuple[pathlib.Path, pathlib.Path]: The file, and the config beside it.
    """
    cfg = adapted_config(model, adaptation, evaluator)
    adapted = build_adapted(model, adaptation, cfg)
    half = bool(model.settings.get('half'))
    known = {k: v for k, v in model.settings.items() if k != 'config'}
    save_model(
        path,
        strip_state(adapted.state_dict(), half),
        cfg,
        adapted.dataset_meta,
        {**known, 'name': path.stem, **facts},
    )
    config = path.with_suffix('.py')
    write_text(config, without_braces(cfg.pretty_text))
    return path, config
