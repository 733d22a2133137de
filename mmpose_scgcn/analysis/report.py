"""What :func:`.compare_edges` found, in words, as a table and as JSON."""

import math
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from .adjacency import CASE, CONTROL


def describe_claim(result: Mapping, confidence: float = 0.95) -> str:
    """Say in words whether edges out of covered keypoints lose weight.

    The claim holds where the interval of their change is below zero, and
    where the intervals of the two comparisons with edges of which neither
    end is covered are below zero too.

    Args:
        result (Mapping): Of :func:`compare_edges`.
        confidence (float): That it was made with. Defaults to 0.95.

    Returns:
        str: One sentence.
    """
    case, control = (result['combinations'][name] for name in (CASE, CONTROL))
    if not case['edges'] or not control['edges']:
        return (
            'No rectangle covers the sender of an edge and leaves another '
            'edge free: nothing can be said about the claim here.'
        )
    low, high = (100 * end for end in case['relative']['interval'])
    value = 100 * case['relative']['value']
    sign = -1 if value < 0 else 1
    ends = sorted([sign * low, sign * high])
    told = (
        f'Edges out of covered keypoints {_verb(value)} {abs(value):.1f} % of '
        f'their weight ({100 * confidence:g} % interval {ends[0]:.1f} to '
        f'{ends[1]:.1f} %), edges between keypoints that are not covered '
    )
    other = 100 * control['relative']['value']
    told += f'{_verb(other)} {abs(other):.1f} %: '
    if case['change']['interval'][0] > 0:
        return told + 'the claim does not hold here, it is the other way.'
    if not case['change']['interval'][1] < 0:
        return told + (
            'the claim does not hold here, no loss can be told from chance.'
        )
    gaps = (result['difference'], result['same_edge'])
    if all(gap['interval'][1] < 0 for gap in gaps):
        return told + 'the claim holds here.'
    return told + (
        'the claim does not hold here, edges that have nothing to do with '
        'the covered keypoints lose as well.'
    )


def _verb(value: float) -> str:
    return 'lose' if value < 0 else 'gain'


def edge_table(result: Mapping, title: str = '') -> Table:
    """Make a table of what changed, a row for each kind of edge.

    Args:
        result (Mapping): Of :func:`compare_edges`.
        title (str): Heading. Defaults to none.

    Returns:
        rich.table.Table: Values with their intervals.
    """
    table = Table(title=title)
    names = ('edges', 'number', 'weight %', 'change pp', 'change %', 'lose %')
    for name in names:
        table.add_column(name, justify='left' if name == 'edges' else 'right')
    rows = dict(result['combinations'])
    for name, row in result['itself'].items():
        rows[f'to itself, {name}'] = row
    for name, row in rows.items():
        table.add_row(
            name,
            f'{row["edges"]}',
            f'{row["weight"]["value"]:.2f}',
            format_estimate(row['change']),
            format_estimate(row['relative'], 100, 1),
            format_estimate(row['losing'], 100, 1, sign=''),
        )
    return table


def format_estimate(
    estimate: Mapping, scale: float = 1, digits: int = 2, sign: str = '+'
) -> str:
    """Write a value with its interval.

    Args:
        estimate (Mapping): ``value`` and ``interval``.
        scale (float): They are multiplied by it. Defaults to 1.
        digits (int): After the point. Defaults to 2.
        sign (str): ``+`` to write it before positive values too. Defaults to
            ``+``.

    Returns:
        str: Such as ``-0.31 (-0.40 to -0.22)``.
    """
    value, low, high = (
        f'{scale * number:{sign}.{digits}f}'
        for number in (estimate['value'], *estimate['interval'])
    )
    return f'{value} ({low} to {high})'


def without_nan(value: Any) -> Any:
    """Replace NaN and infinity, which JSON does not know, by None.

    Args:
        value: Nested dicts and lists.

    Returns:
        A copy of them.
    """
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_nan(item) for item in value]
    unknown = isinstance(value, float) and not math.isfinite(value)
    return None if unknown else value
