"""Numbers of keypoints: of annotations, metainfo, model and graph."""

from collections.abc import Iterable

from mmpose_scgcn.models.layers import KeypointGraph, graphs_of

from mmengine.hooks import Hook
from torch import nn

from .faces import Faces, setting_of
from .findings import Findings

#: MMPose's setting for which of a head's keypoints are predicted.
_KEPT = 'output_keypoint_indices'


def check_keypoints(faces: Faces, model: nn.Module) -> Findings:
    """Compare numbers of keypoints, and look for flips without partners.

    Args:
        faces (Faces): Of one part of a run.
        model (nn.Module): Not wrapped.

    Returns:
        Findings: An error for each number that differs; a warning if images
        are mirrored and no keypoint has a partner.
    """
    found = Findings()
    where = f'{setting_of(faces.where)}.dataset'
    counts = _counts(faces)
    advice = 'set one of them, or map keypoints with KeypointConverter'
    if faces.has_transform('KeypointConverter'):
        advice = 'give the metainfo of what KeypointConverter makes of them'
    for count, info in counts.items():
        for name, wanted in _wanted(faces, model).items():
            if wanted != count:
                found.errors.append(
                    f'{faces.where}: {name} is {wanted}, but annotations of '
                    f'{where} have {count} keypoints, such as id '
                    f'{info.get("id")} ({info.get("img_path")}); {advice}'
                )
    if len(counts) > 1:
        found.errors.append(
            f'{faces.where}: annotations of {where} have '
            f'{" and ".join(map(str, sorted(counts)))} keypoints; map those '
            'of each member to the same ones with KeypointConverter in its '
            'pipeline, or set one number of them apart'
        )
    found.add(_check_partners(faces, where))
    return found


def check_graphs(
    model: nn.Module, hooks: Iterable[Hook], loads: bool
) -> Findings:
    """Check that each graph can be made, and that something makes it.

    Args:
        model (nn.Module): Not wrapped.
        hooks (Iterable[Hook]): Of the run.
        loads (bool): Whether a checkpoint is loaded, which may carry one.

    Returns:
        Findings: Errors.
    """
    found = Findings()
    builds = any(type(hook).__name__ == 'GraphHook' for hook in hooks)
    for name, graph in graphs_of(model).items():
        setting = f'model.{name.removesuffix(".graph")}'
        count, top_k = graph.num_keypoints, graph.top_k
        if graph.ready:
            continue
        if count is not None and count < 2:
            found.errors.append(
                f'{setting}: a graph needs at least 2 keypoints, got '
                f'num_keypoints={count}; use a head and a loss without one, '
                'such as mmpose_scgcn.FullyConnectedHead with '
                "loss=dict(type='mmpose_scgcn.SoftWingLoss', "
                'input_size=(w, h), use_target_weight=True)'
            )
        elif count is not None and top_k is not None and top_k >= count:
            found.errors.append(
                f'{setting}: each of {count} keypoints has at most '
                f'{count - 1} neighbours, got top_k={top_k}; set '
                f'{setting}.top_k={count - 1}'
            )
        elif not builds and not loads:
            found.errors.append(
                f'{setting}: there is no keypoint graph, and nothing builds '
                "one; add dict(type='mmpose_scgcn.GraphHook') to "
                'custom_hooks, or give graph=dict(...) of '
                'tools/build_graph.py'
            )
    return found


def _counts(faces: Faces) -> dict[int, dict]:
    """Find the numbers of keypoints, each with the first annotation."""
    counts: dict[int, dict] = {}
    for info in faces.infos:
        if info.get('keypoints') is not None:
            counts.setdefault(len(info['keypoints'][0]), info)
    return counts


def _wanted(faces: Faces, model: nn.Module) -> dict[str, int]:
    """List the numbers of keypoints that are expected, by setting.

    Metainfo may belong to what is converted, or to what is made of it.
    """
    wanted = {}
    meta = getattr(faces.dataset, 'metainfo', None) or {}
    converted = faces.has_transform('KeypointConverter')
    if meta.get('num_keypoints') and not converted:
        wanted['the number of keypoints of metainfo'] = meta['num_keypoints']
    head = getattr(model, 'head', None)
    kept = (getattr(model, 'test_cfg', None) or {}).get(_KEPT)
    if kept and faces.where != 'training':
        wanted[f'the number of model.test_cfg.{_KEPT}'] = len(kept)
        return wanted
    for name in ('num_keypoints', 'num_joints'):
        if isinstance(getattr(head, name, None), int):
            wanted[f'model.head.{name}'] = getattr(head, name)
    reference = getattr(model, 'reference', None)  # of two stages
    if isinstance(reference, KeypointGraph) and reference.num_keypoints:
        wanted['model.num_keypoints'] = reference.num_keypoints
    return wanted


def _check_partners(faces: Faces, where: str) -> Findings:
    """Look for mirrored images whose keypoints have no partners."""
    meta = getattr(faces.dataset, 'metainfo', None) or {}
    partners = list(meta.get('flip_indices') or ())
    alone = len(partners) > 1 and partners == sorted(partners)
    if not alone or not faces.has_transform('RandomFlip'):
        return Findings()
    return Findings(
        warnings=[
            f'{faces.where}: RandomFlip mirrors images, but no keypoint has a '
            f'partner (swap) in the metainfo of {where}: left and right would '
            'be mixed up; name the pairs, or take RandomFlip and flip_test '
            'away'
        ]
    )
