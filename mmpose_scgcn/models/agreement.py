"""Labels and crops: what a model demands of the pipeline, and its errors."""

from collections.abc import Iterable, Sequence
from typing import Any

from .units import NORMALIZING_CODECS, codec_input_size

#: Where MMPose's codecs put coordinates.
LABELS = 'keypoint_labels'

Size = tuple[int, int]


def makes_labels(codec: Any) -> bool:
    """Tell whether a codec makes coordinates divided by the input size.

    Args:
        codec (BaseKeypointCodec): MMPose's, or one of the user's that fills
            ``keypoint_labels``, who knows what is in it.

    Returns:
        bool: Whether a head of this package can learn from it.
    """
    if isinstance(codec, NORMALIZING_CODECS):
        return True
    mine = not type(codec).__module__.startswith('mmpose.')
    return mine and LABELS in (codec.label_mapping_table or {})


def wrong_labels(learner: str, made: str, size: Size | None) -> str:
    """Say which labels a model learns from, and how they are made.

    Args:
        learner (str): Name of the head or model.
        made (str): What the pipeline makes instead.
        size (tuple[int, int], optional): Width and height of the crop.

    Returns:
        str: Message of an error.
    """
    return (
        'the labels do not fit the model; in the training pipeline, put\n'
        "    dict(type='GenerateTarget', encoder=dict(\n"
        f"        type='RegressionLabel', input_size={size or '(w, h)'}))\n"
        f'in the place of its GenerateTarget: {learner} expects the labels of '
        'RegressionLabel, coordinates divided by the size of the crop, and '
        f'got {made}'
    )


def wrong_size(setting: str, size: Size, crop: Size, where: str) -> str:
    """Say that crops are of another size than the model's.

    Args:
        setting (str): Name of the setting of the model, with dots.
        size (tuple[int, int]): Its width and height.
        crop (tuple[int, int]): Those of the crops.
        where (str): Which pipeline cuts them.

    Returns:
        str: Message of an error.
    """
    line = f'{setting}.input_size'.replace('size.input_size', 'size')
    first, *rest = line.split('.')
    inner = f'dict({"=dict(".join(rest)}={crop}' + ')' * len(rest)
    return (
        'the crops do not fit the model; set\n'
        f'    {first} = {inner}\n'
        f'or cut crops of {size}: {setting} expects crops of {size} px, and '
        f'TopdownAffine of the {where} pipeline makes {crop}, so that '
        'keypoints would be learned and found in the wrong places. The '
        "loss's input_size and in_featuremap_size go with it"
    )


def wrong_encoder(name: str, size: Size, crop: Size) -> str:
    """Say that labels are divided by another size than the crop's.

    Args:
        name (str): Class of the codec.
        size (tuple[int, int]): Its width and height.
        crop (tuple[int, int]): Those of the crops.

    Returns:
        str: Message of an error.
    """
    return (
        'the labels do not fit the crops; set '
        f'input_size={crop} in the encoder of GenerateTarget: {name} expects '
        f'crops of {size} px, and TopdownAffine of the training '
        f'pipeline makes {crop}'
    )


def wrong_codec(size: Size, used: Iterable[Size]) -> str:
    """Say that ``codec`` was overridden without effect.

    Args:
        size (tuple[int, int]): Width and height in ``codec``.
        used (Iterable[tuple[int, int]]): Those of crops, labels and model.

    Returns:
        str: Message of an error.
    """
    there = ' and '.join(str(s) for s in sorted(set(used)))
    return (
        'codec has no effect; write again what a base config made of its '
        'own:\n'
        '    train_pipeline = _base_.train_pipeline\n'
        '    val_pipeline = _base_.val_pipeline\n'
        '    for step in (*train_pipeline, *val_pipeline):\n'
        "        if step['type'] == 'TopdownAffine':\n"
        "            step['input_size'] = codec['input_size']\n"
        "        if step['type'] == 'GenerateTarget':\n"
        "            step['encoder'] = codec\n"
        '    train_dataloader = dict(dataset=dict(pipeline=train_pipeline))\n'
        '    val_dataloader = dict(dataset=dict(pipeline=val_pipeline))\n'
        '    test_dataloader = dict(dataset=dict(pipeline=val_pipeline))\n'
        '    model = dict(head=dict(decoder=codec))\n'
        'with in_featuremap_size and the loss for it, or set codec to what is '
        f'used: codec has input_size={size}, and nothing uses it; pipelines '
        f'and model have {there}'
    )


def check_batch(
    samples: Sequence, learner: str, setting: str, size: Size | None
) -> None:
    """Check the samples that a model is given for training.

    Args:
        samples (Sequence[PoseDataSample]): The batch; the first is looked
            at.
        learner (str): Name of the head or model.
        setting (str): Name of the setting that has ``size``.
        size (tuple[int, int], optional): Crop size of the model.

    Raises:
        ValueError: Other labels, or crops of another size.
    """
    labels = samples[0].get('gt_instance_labels', {})
    if LABELS not in labels:
        fields = samples[0].get('gt_fields', {})
        made = [*labels.keys(), *fields.keys()]
        found = ' and '.join(made) or 'no labels'
        raise ValueError(wrong_labels(learner, found, size))
    check_crop(samples, setting, size, 'training')


def check_crop(
    samples: Sequence, setting: str, size: Size | None, where: str
) -> None:
    """Check the size of the crops that a model is given.

    Args:
        samples (Sequence[PoseDataSample]): The batch; the first is looked
            at.
        setting (str): Name of the setting that has ``size``.
        size (tuple[int, int], optional): Crop size of the model.
        where (str): Which pipeline has cut them.

    Raises:
        ValueError: Crops of another size.
    """
    crop = samples[0].metainfo.get('input_size') if samples else None
    if size and crop is not None and tuple(crop) != tuple(size):
        raise ValueError(wrong_size(setting, size, _whole(crop), where))


def check_pipeline(
    transforms: Iterable,
    learner: str | None,
    setting: str,
    size: Size | None,
    where: str,
) -> set[Size]:
    """Check the transforms of a pipeline against a model.

    Args:
        transforms (Iterable): Of a top-down data set, in order.
        learner (str, optional): Name of the head or model that learns
            coordinates; None if it does not, or if nothing is learned here.
        setting (str): Name of the setting that has ``size``.
        size (tuple[int, int], optional): Crop size of the model.
        where (str): Which pipeline it is.

    Returns:
        set[tuple[int, int]]: Width and height of crops and labels.

    Raises:
        ValueError: Other labels, or sizes that differ.
    """
    crop, encoders = None, []
    for transform in transforms:
        kinds = {kind.__name__ for kind in type(transform).__mro__}
        if 'TopdownAffine' in kinds:
            crop = _whole(transform.input_size)
        if 'GenerateTarget' in kinds:
            encoder = transform.encoder
            encoders = encoder if isinstance(encoder, list) else [encoder]
    if learner and encoders and not all(map(makes_labels, encoders)):
        names = ' and '.join(type(encoder).__name__ for encoder in encoders)
        raise ValueError(wrong_labels(learner, f'those of {names}', crop))
    if crop is None:
        return set()
    if size and crop != tuple(size):
        raise ValueError(wrong_size(setting, size, crop, where))
    for encoder in encoders:
        labels = codec_input_size(encoder)
        if labels not in (None, crop):
            name = type(encoder).__name__
            raise ValueError(wrong_encoder(name, labels, crop))
    return {crop}


def _whole(size: Iterable) -> Size:
    """Make a size of whole numbers, as they are to be shown."""
    width, height = (int(side) for side in size)
    return width, height
