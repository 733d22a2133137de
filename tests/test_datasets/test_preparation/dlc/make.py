"""Writes the files in this folder as DeepLabCut does, through pandas.

DeepLabCut labels in a data frame with the columns scorer, bodyparts, coords
(and individuals), and saves it with ``to_csv`` and ``to_hdf(path,
key='df_with_missing', mode='w')``; up to 2.2 its index was one text for each
image, and ``format='table'`` after a project had changed the system. These
files were written by pandas 1.5.3 and PyTables 3.9.2, which are needed by
nothing else here:

    python tests/test_datasets/test_preparation/dlc/make.py

The labels are those of faces that the package drew at that time, frame i of
all: seed 0, index i, 96 px. ``keypoints.txt`` holds them.
"""

from pathlib import Path

import numpy as np
import pandas as pd

HERE = Path(__file__).parent
PARTS = (
    *('left_eye', 'right_eye', 'nose'),
    *('left_mouth', 'right_mouth', 'chin'),
)
LABELS = np.loadtxt(HERE / 'keypoints.txt').reshape(16, 6, 2)
KEY = 'df_with_missing'


def shape(index):
    """The labels (6, 2) of a frame; some parts of some are not labelled."""
    points = LABELS[index].round(3)
    if index % 4 == 1:
        points[5] = np.nan
    return points


def columns(individuals=()):
    """The names of the columns."""
    names = ['scorer', 'bodyparts', 'coords']
    keys = [('AB', part, c) for part in PARTS for c in 'xy']
    if individuals:
        names.insert(1, 'individuals')
        keys = [('AB', who, *k[1:]) for who in individuals for k in keys]
        keys += [('AB', 'single', 'lamp', c) for c in 'xy']
    return pd.MultiIndex.from_tuples(keys, names=names)


def frame(video, first, separator=None, empty=False):
    """Four labelled frames of a video."""
    parts = [('labeled-data', video, f'img{i:03d}.png') for i in range(4)]
    index = [separator.join(part) for part in parts] if separator else None
    shapes = np.stack([shape(first + i) for i in range(4)])
    if empty:
        shapes[3] = np.nan
    return pd.DataFrame(
        shapes.reshape(4, -1),
        columns=columns(),
        index=index or pd.MultiIndex.from_tuples(parts),
    )


def save(data, folder, suffixes, **options):
    """Save in the formats that are asked for."""
    path = HERE / folder / 'CollectedData_AB'
    path.parent.mkdir(parents=True, exist_ok=True)
    if 'csv' in suffixes:
        data.to_csv(f'{path}.csv')
    if 'h5' in suffixes:
        data.to_hdf(f'{path}.h5', key=KEY, mode='w', **options)


def main():
    """Write a project of one animal, and labels of two."""
    save(frame('ann', 0), 'labeled-data/ann', ('csv', 'h5'))
    save(frame('ben', 4, '\\'), 'labeled-data/ben', ('h5',))
    save(frame('eve', 8, '/'), 'labeled-data/eve', ('h5',), format='table')
    save(frame('dan', 12, '/', empty=True), 'labeled-data/dan', ('csv',))
    both = np.full((2, 26), np.nan)
    both[0, :12], both[0, 12:24] = shape(0).ravel(), shape(1).ravel() + 96
    both[1, 12:24], both[:, 24:] = shape(2).ravel(), 5
    two = [('labeled-data', 'pair', f'img{i:03d}.png') for i in range(2)]
    data = pd.DataFrame(
        both,
        columns=columns(('one', 'two')),
        index=pd.MultiIndex.from_tuples(two),
    )
    save(data, 'several/pair', ('csv', 'h5'))


if __name__ == '__main__':
    main()
