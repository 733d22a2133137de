"""Test sets that suites on 300W share."""

#: For each disturbance what ``PerturbFace`` calls it, its values in percent,
#: and the label of its axis.
_DISTURBED = {
    'occluded': ('occlusion', (10, 20, 30, 40), 'covered part of the face, %'),
    'shifted': (
        'shift',
        (5, 10, 15),
        'box shifted by % of its longer side',
    ),
}
#: For ``summary`` of a suite.
SUMMARY_300W = {
    'NME': ('300w_common', 'NME'),
    'median': ('300w_common', 'median'),
    'FR@0.08': ('300w_common', 'FR@0.08'),
    'FR@0.10': ('300w_common', 'FR@0.10'),
    '30 % covered: NME': ('300w_common_occluded_30', 'NME'),
    'YTF68: NME': ('ytf68', 'NME'),
    'YTF68: FR@0.10': ('ytf68', 'FR@0.10'),
}


def tests_300w() -> dict[str, dict]:
    """Give ``tests`` of a suite of 68 points.

    Returns:
        dict[str, dict]: ``val``, for selection; ``300w_common``, with its two
        sources; ``ytf68``; and the common set with that percentage of each
        face covered, ``300w_common_occluded_10`` to ``_40``, or with boxes
        shifted by that percentage of their longer side, in a random
        direction, ``300w_common_shifted_5`` to ``_15``.
    """
    common = dict(ann_file='face_landmarks_300w_test_common.json')
    sources = {
        name: dict(field='subset', values=[f'{name}_testset'])
        for name in ('helen', 'lfpw')
    }
    tests = {
        'val': dict(ann_file='face_landmarks_300w_val.json'),
        '300w_common': dict(subsets=sources, **common),
        'ytf68': dict(
            data_root='data/ytf68/', ann_file='face_landmarks_ytf68_test.json'
        ),
    }
    for name, (argument, values, _) in _DISTURBED.items():
        for percent in values:
            disturb = dict(
                type='mmpose_scgcn.PerturbFace', **{argument: percent / 100}
            )
            tests[_disturbed(name, percent)] = dict(insert=[disturb], **common)
    return tests


def axes_300w() -> dict[str, dict]:
    """Give ``axes`` for the disturbed ones of these tests.

    Returns:
        dict[str, dict]: ``occlusion`` and ``shift``.
    """
    axes = {}
    for name, (argument, values, label) in _DISTURBED.items():
        tests = {str(value): _disturbed(name, value) for value in values}
        axes[argument] = dict(label=label, tests={'0': '300w_common', **tests})
    return axes


def _disturbed(name: str, percent: int) -> str:
    """Name a test of disturbed faces."""
    return f'300w_common_{name}_{percent}'
