"""Named subsets of a test set, told by fields of its annotations."""

import pkgutil
from collections.abc import Callable, Mapping
from typing import Any

from mmpose_scgcn.structures.conventions import WFLW_ATTRIBUTES

Predicate = Callable[[Mapping], bool]

#: Subsets that the field reports. WFLW: the six attributes. 300W: HELEN and
#: LFPW test sets are ``common``, IBUG is ``challenge``, all three ``full``.
_300W_COMMON = ['helen', 'lfpw', 'helen_testset', 'lfpw_testset']
PRESETS: dict[str, dict[str, dict]] = {
    'wflw': {name: dict(attribute=name) for name in WFLW_ATTRIBUTES},
    '300w': dict(
        common=dict(field='subset', values=_300W_COMMON),
        challenge=dict(field='subset', values=['ibug']),
        full=dict(field='subset', values=[*_300W_COMMON, 'ibug']),
    ),
}


def build_subsets(
    subsets: str | Mapping[str, dict] | None,
) -> dict[str, Predicate]:
    """Turn a description of subsets into one predicate each.

    Args:
        subsets (str | Mapping, optional): Name of a preset, or for each
            subset one of ``dict(attribute='pose')`` (an entry of the
            annotation's ``attributes`` that is not 0),
            ``dict(field='subset', values=['helen', 'lfpw'])`` and
            ``dict(predicate=f)``, f a function of the annotation or its
            name as ``'package.module:function'``.

    Returns:
        dict: For each name a function from an annotation to a bool; it
        raises ``ValueError`` for an annotation without the field.

    Raises:
        ValueError: An unknown preset or form.
    """
    if isinstance(subsets, str):
        if subsets not in PRESETS:
            raise ValueError(
                f'subsets must be one of {sorted(PRESETS)} or a dict, got '
                f'{subsets!r}'
            )
        subsets = PRESETS[subsets]
    return {
        name: _build_predicate(name, rule)
        for name, rule in (subsets or {}).items()
    }


def _build_predicate(name: str, rule: dict) -> Predicate:
    """Build one predicate from one of the three forms."""
    keys = set(rule)
    if keys == {'attribute'}:
        return _by_attribute(rule['attribute'])
    if keys == {'field', 'values'}:
        return _by_field(rule['field'], rule['values'])
    if keys == {'predicate'}:
        predicate = rule['predicate']
        if isinstance(predicate, str):
            predicate = pkgutil.resolve_name(predicate)
        return predicate
    raise ValueError(
        f'subset {name!r} must be dict(attribute=...), dict(field=..., '
        f'values=[...]) or dict(predicate=...), got {rule!r}'
    )


def _by_attribute(attribute: str) -> Predicate:
    """Test one entry of the annotation's ``attributes``."""

    def predicate(annotation: Mapping) -> bool:
        attributes = _field(annotation, 'attributes')
        return bool(_field(attributes, attribute))

    return predicate


def _by_field(field: str, values: list) -> Predicate:
    """Test whether a field of the annotation holds one of some values."""
    if isinstance(values, str):
        values = [values]

    def predicate(annotation: Mapping) -> bool:
        return _field(annotation, field) in values

    return predicate


def _field(mapping: Mapping, key: str) -> Any:
    """Read a field, naming those there are when it is missing.

    Raises:
        ValueError: It is missing.
    """
    if key not in mapping:
        raise ValueError(
            f'subsets go by {key!r}, which an annotation does not have; it '
            f'has {sorted(mapping)}; name what the annotations have, or leave '
            'subsets out'
        )
    return mapping[key]
