"""A ``metainfo.py`` that came with data, read without running it."""

import ast
from pathlib import Path
from typing import Any

from mmpose_scgcn.files import read_text
from mmpose_scgcn.structures.limits import check_count

#: Longest list that ``[1.0] * N`` may make.
_MOST = 100_000


def read_description(path: Path) -> dict:
    """Read the keypoints that a ``metainfo.py`` describes.

    Those that this package writes, and MMPose's own, are literals; others
    are programs, which data must not bring.

    Args:
        path (pathlib.Path): The file.

    Returns:
        dict: Its ``dataset_info``.

    Raises:
        ValueError: It has none, or is more than literals.
    """
    try:
        tree = ast.parse(read_text(path))
        (value,) = (
            node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and [getattr(t, 'id', '') for t in node.targets]
            == ['dataset_info']
        )
        info = _literal(value)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ValueError(
            f'{path} came with the data and is not read, because it is more '
            f'than a description of keypoints ({error}); if you trust it, '
            f'name it: --metainfo {path}'
        ) from error
    if not isinstance(info, dict):
        raise ValueError(f'{path}: expected dataset_info = dict(...)')
    check_count(len(info.get('keypoint_info') or ()), str(path))
    return info


def _literal(node: ast.expr) -> Any:
    """Evaluate literals, ``dict(...)`` and ``[...] * N``."""
    if isinstance(node, ast.Call):
        named = all(keyword.arg for keyword in node.keywords)
        if getattr(node.func, 'id', None) != 'dict' or node.args or not named:
            raise ValueError(f'line {node.lineno} calls a function')
        return {str(k.arg): _literal(k.value) for k in node.keywords}
    if isinstance(node, ast.Dict) and None not in node.keys:
        keys = [_literal(key) for key in node.keys if key is not None]
        return dict(zip(keys, map(_literal, node.values), strict=True))
    if isinstance(node, (ast.List, ast.Tuple)):
        items = [_literal(item) for item in node.elts]
        return items if isinstance(node, ast.List) else tuple(items)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        items, count = _literal(node.left), _literal(node.right)
        if not isinstance(items, list) or not isinstance(count, int):
            raise ValueError(f'line {node.lineno} computes')
        if len(items) * count > _MOST:
            raise ValueError(f'line {node.lineno} makes a list too long')
        return items * count
    return ast.literal_eval(node)
