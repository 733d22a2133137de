"""Configs that come in a file of weights: data, and no way to run code."""

from collections.abc import Iterator, Mapping

from mmpose_scgcn.registry import MODELS, SCOPE, TRANSFORMS

import mmengine.registry
import mmpose.registry
from mmengine.registry import Registry

#: What is built from them.
_BUILT = ('model', 'test_dataloader')
_SCOPES = ('mmengine', 'mmpose', SCOPE)


def check_embedded(config: Mapping, file: str) -> None:
    """Check that a config names registered classes alone.

    MMEngine imports and calls whatever a ``type`` names that it does not
    know: ``os.system``, for one.

    Args:
        config (Mapping): Out of a checkpoint.
        file (str): Its name, for the message.

    Raises:
        ValueError: It names something else, or a file to be read.
    """
    scope = config.get('default_scope', 'mmpose')
    if scope not in _SCOPES:
        raise ValueError(_told(file, 'default_scope', scope))
    known = _registered()
    for key, value in _settings(config):
        if key == '_scope_' and value not in _SCOPES:
            raise ValueError(_told(file, key, value))
        if key == 'type' and _bare(value) not in known:
            raise ValueError(_told(file, key, value))


def _told(file: str, key: str, value: object) -> str:
    return (
        f'{file} was not loaded: its settings have {key}={value!r}, which is '
        'nothing of MMEngine, MMPose or mmpose_scgcn and could run code. If '
        'you trust where it comes from, give its config first: '
        'load_model(CONFIG, CHECKPOINT)'
    )


def _settings(config: Mapping) -> Iterator[tuple[str, object]]:
    """Walk through what is built, but for the description of keypoints."""
    waiting: list[object] = [config.get(name) for name in _BUILT]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            for key, inner in value.items():
                if key != 'metainfo':
                    yield key, inner
                    waiting.append(inner)
        elif isinstance(value, (list, tuple)):
            waiting += value


def _bare(kind: object) -> str:
    """Take the scope off a name."""
    scope, _, name = str(kind).rpartition('.')
    return name if scope in ('', *_SCOPES) else str(kind)


def _registered() -> set[str]:
    """List the names of all registered classes."""
    for registry in (
        *(MODELS, TRANSFORMS, mmpose.registry.MODELS),
        *(mmpose.registry.TRANSFORMS, mmpose.registry.DATASETS),
        *(mmpose.registry.KEYPOINT_CODECS, mmengine.registry.MODELS),
    ):
        registry.import_from_location()
    modules = (mmengine.registry, mmpose.registry)
    found = [v for m in modules for v in vars(m).values()]
    return {
        name
        for registry in (*found, MODELS, TRANSFORMS)
        if isinstance(registry, Registry)
        for name in registry.module_dict
    }
