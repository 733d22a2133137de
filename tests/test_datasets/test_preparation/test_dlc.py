"""DeepLabCut's labels, in files that pandas wrote as DeepLabCut has it do.

``dlc/make.py`` says how they were made.
"""

import shutil
from pathlib import Path

from mmpose_scgcn.datasets.preparation import read_dlc
from mmpose_scgcn.datasets.preparation.dlc_hdf import read_frame
from mmpose_scgcn.datasets.preparation.dlc_labels import read_labels
from mmpose_scgcn.datasets.preparation.groups import part_one_group
from mmpose_scgcn.datasets.preparation.splits import hold_out

import cv2
import numpy as np
import pytest

FILES = Path(__file__).parent / 'dlc'
VIDEOS = ('ann', 'ben', 'eve', 'dan')
#: What was labelled: drawn faces of the time at which the files were made.
LABELS = np.loadtxt(FILES / 'keypoints.txt').reshape(16, 6, 2)
NAMES = ('left_eye', 'right_eye', 'nose', 'left_mouth', 'right_mouth', 'chin')


@pytest.fixture
def table(tmp_path):
    """Write a CSV file of labels in a folder with two images."""

    def write(*rows, name='CollectedData_AB.csv'):
        path = tmp_path / name
        path.write_text('\n'.join(rows))
        for number in range(2):
            (tmp_path / f'img{number}.png').touch()
        return path

    return write


HEADER = ('scorer,AB,AB,AB,AB', 'bodyparts,a,a,b,b', 'coords,x,y,x,y')


def test_every_form_of_a_project(folder_dlc):
    """CSV and H5, one or three columns of names, slashes or backslashes."""
    source = read_dlc(folder_dlc)
    assert source.names == NAMES
    assert len(source.faces) == 15  # the last frame has no label
    faces = {face.file: face for face in source.faces}
    for index, labels in enumerate(LABELS[:15]):
        video = VIDEOS[index // 4]
        read = faces[f'{video}/img{index % 4:03d}.png']
        assert (source.folder / read.file).is_file()
        known = read.flags > 0
        assert known.tolist() == [True] * 5 + [index % 4 != 1]
        np.testing.assert_allclose(
            read.keypoints[known], labels[known], atol=6e-4
        )
        assert read.group == read.fields['identity'] == video
        assert f'{video}/CollectedData_AB' in read.where
    (problem,) = source.problems
    assert problem.kind == 'images without any label, left out'
    assert problem.text.endswith('dan/CollectedData_AB.csv: 1 of 4')
    assert not problem.serious


@pytest.mark.parametrize('seed', range(4))
def test_frames_of_a_video_stay_on_one_side(folder_dlc, seed):
    parts = hold_out(read_dlc(folder_dlc).splits['trainval'], 0.3, seed)
    videos = [{face.file.split('/')[0] for face in part} for part in parts]
    assert all(videos)
    assert not videos[0] & videos[1]


@pytest.mark.parametrize('folder', ('labeled-data/ann', 'several/pair'))
def test_csv_and_h5_of_one_folder_say_the_same(folder):
    path = FILES / folder / 'CollectedData_AB'
    first, second = (read_labels(path.with_suffix(s)) for s in ('.csv', '.h5'))
    assert first.images == second.images
    assert first.individuals == second.individuals
    assert first.bodyparts == second.bodyparts
    np.testing.assert_allclose(first.points, second.points, atol=1e-12)


@pytest.mark.parametrize(
    'path',
    (
        'config.yaml',
        'labeled-data',
        'labeled-data/ann',
        'labeled-data/ann/CollectedData_AB.csv',
        'labeled-data/ann/CollectedData_AB.h5',
    ),
)
def test_folders_and_files(folder_dlc, path):
    source = read_dlc(folder_dlc / path)
    assert len(source.faces) == (4 if 'ann' in path else 15)
    assert all((source.folder / face.file).is_file() for face in source.faces)


def test_where_images_may_be(folder_dlc, tmp_path):
    file = folder_dlc / 'labeled-data/ann/CollectedData_AB.csv'
    alone = Path(shutil.copy(file, tmp_path))
    for images in ('.', 'labeled-data', 'labeled-data/ann'):
        source = read_dlc(alone, images=folder_dlc / images)
        face = source.faces[0]
        assert (source.folder / face.file).samefile(
            folder_dlc / 'labeled-data/ann/img000.png'
        )
    (face, *_) = read_dlc(alone).faces
    assert face.file == 'img000.png'  # a missing image


def test_several_animals_are_faces_of_their_own(tmp_path, drawn):
    shutil.copytree(FILES / 'several', tmp_path / 'labeled-data')
    cv2.imwrite(str(tmp_path / 'labeled-data/pair/img000.png'), drawn[0].image)
    source = read_dlc(tmp_path)
    faces = source.faces
    assert [face.file for face in faces] == ['img000.png'] * 2 + ['img001.png']
    wheres = [face.where.rpartition(', ')[2] for face in faces]
    assert wheres == ['one', 'two', 'two']
    second = LABELS[1, :5] + 96
    np.testing.assert_allclose(faces[1].keypoints[:5], second, atol=6e-4)
    kinds = [problem.kind for problem in source.problems]
    assert kinds == ['body parts of no animal, left out']
    assert source.problems[0].text.endswith(': lamp')


def test_one_video_can_be_split_but_this_is_a_serious_problem(table):
    path = table(*HEADER, 'img0.png,1,2,3,4', 'img1.png,5,6,,')
    source = part_one_group(read_dlc(path, origin=1))
    first, second = source.faces
    assert first.group != second.group
    assert first.keypoints.tolist() == [[0, 1], [2, 3]]
    assert second.flags.tolist() == [1, 0]
    (problem,) = source.problems
    assert problem.serious
    assert 'look like those trained on' in problem.text
    source = part_one_group(read_dlc(path, group_pattern='(img).'))
    assert {face.group for face in source.faces} == {'img'}
    assert not source.problems


def test_body_parts_that_a_folder_has_not(folder_dlc):
    path = folder_dlc / 'labeled-data/dan/CollectedData_AB.csv'
    text = path.read_text().replace('chin', 'beard')
    path.write_text(text)
    source = read_dlc(folder_dlc)
    assert source.names == (*NAMES, 'beard')
    kind = 'body parts that a file has not, not annotated there'
    texts = [p.text for p in source.problems if p.kind == kind and p.serious]
    assert len(texts) == 4
    assert texts[2].endswith('dan/CollectedData_AB.csv: chin')


def test_a_csv_that_was_changed_after_its_h5(folder_dlc):
    path = folder_dlc / 'labeled-data/ann/CollectedData_AB.csv'
    path.write_text(path.read_text().replace('35.773', '36.773'))
    source = read_dlc(folder_dlc)
    assert source.faces[0].keypoints[0, 0] == 36.773
    problem = source.problems[0]
    assert problem.kind == 'CSV and H5 file of a folder differ, CSV taken'
    assert problem.text.endswith('ann: 1 labels differ')


def test_labels_of_several_people(folder_dlc):
    folder = folder_dlc / 'labeled-data/ann'
    shutil.copy(
        folder / 'CollectedData_AB.csv', folder / 'CollectedData_C.csv'
    )
    with pytest.raises(ValueError, match=r'one scorer.*AB, .*_C.*--scorer'):
        read_dlc(folder_dlc)
    assert len(read_dlc(folder_dlc, scorer='AB').faces) == 15
    assert len(read_dlc(folder_dlc, scorer='C').faces) == 4
    with pytest.raises(FileNotFoundError, match=r'CollectedData_D\.csv or'):
        read_dlc(folder_dlc, scorer='D')


def test_copies_for_training_and_folders_without_labels(folder_dlc):
    copies = folder_dlc / 'training-datasets/iteration-0'
    shutil.copytree(folder_dlc / 'labeled-data/ann', copies)
    for name in ('fay', 'fay_labeled'):
        (folder_dlc / 'labeled-data' / name).mkdir()
        (folder_dlc / 'labeled-data' / name / 'img0.png').touch()
    source = read_dlc(folder_dlc)
    assert len(source.faces) == 15
    problem = source.problems[0]
    assert problem.kind == 'folder without CollectedData_<scorer>, left out'
    assert [p.text for p in source.problems if p.kind == problem.kind] == [
        str(folder_dlc / 'labeled-data/fay')
    ]


@pytest.mark.parametrize(
    ('rows', 'message'),
    (
        (('name,x0,y0', 'a.png,1,2'), 'header rows scorer.*begin with name'),
        (HEADER, 'the rows begin with scorer'),
        ((*HEADER, 'img0.png,1,2,3'), 'row 4: expected 5 fields .* got 4'),
        ((*HEADER, 'img0.png,1,2,3,z'), 'row 4: expected a number, got .z.'),
        ((*HEADER, '0,1,2,3,4'), "expected names of images.*got '0'"),
        (
            (
                *('scorer,N,N,N', 'bodyparts,a,a,a', 'coords,x,y,likelihood'),
                '0,1,2,0.9',
            ),
            'expected labels, got predictions',
        ),
        (
            ('scorer,A,A,B,B', *HEADER[1:], 'img0.png,1,2,3,4'),
            'labels of one scorer, got A, B',
        ),
        (
            (HEADER[0], 'bodyparts,a,a,a,a', HEADER[2], 'img0.png,1,2,3,4'),
            'each body part once, got a several times',
        ),
        (
            (*HEADER[:2], 'coords,x,x,y,y', 'img0.png,1,2,3,4'),
            'expected x and y by turns in coords, got x, x, y, y',
        ),
        (
            (HEADER[0], 'bodyparts,a,b,b,a', HEADER[2], 'img0.png,1,2,3,4'),
            'belong to different bodyparts',
        ),
    ),
)
def test_other_files_are_told(table, rows, message):
    path = table(*rows)
    with pytest.raises(ValueError, match=message) as error:
        read_dlc(path)
    assert str(path) in str(error.value)


def test_names_of_two_videos_in_one_folder(table, tmp_path):
    rows = ('labeled-data/a/img0.png', 'labeled-data/b/img0.png')
    path = table(*HEADER, *(f'{row},1,2,3,4' for row in rows))
    with pytest.raises(ValueError, match=r'img0\.png: .*image of one'):
        read_dlc(path)


def test_hdf5_of_another_kind(tmp_path):
    h5py = pytest.importorskip('h5py')
    path = tmp_path / 'CollectedData_AB.h5'
    path.write_text('no HDF5')
    with pytest.raises(ValueError, match=r'CollectedData_AB\.h5: '):
        read_dlc(path)
    with h5py.File(path, 'w') as file:
        file['tracks'] = np.zeros((3, 4))
    with pytest.raises(ValueError, match=r'as pandas writes them.*tracks'):
        read_dlc(path)


def test_nothing_in_a_file_is_run(tmp_path):
    """Names of columns are pickled in a table, and pickles may name code."""
    h5py = pytest.importorskip('h5py')
    path = tmp_path / 'bad.h5'
    shutil.copy(FILES / 'labeled-data/eve/CollectedData_AB.h5', path)
    with h5py.File(path, 'a') as file:
        file['df_with_missing'].attrs['info'] = np.bytes_(
            b"cos\nsystem\n(S'true'\ntR."
        )
    with pytest.raises(ValueError, match=r'bad\.h5: os\.system requested'):
        read_frame(path)


def test_h5_without_h5py(run_python):
    code = (
        'from mmpose_scgcn.datasets.preparation import read_dlc\n'
        f'read_dlc({str(FILES / "labeled-data/ben")!r})\n'
    )
    done = run_python('-c', code, hidden='h5py')
    assert done.returncode == 1
    told = done.stderr.splitlines()[-1]
    assert told.startswith('ModuleNotFoundError: ')
    assert '.h5: h5py reads H5 files: pip install h5py; or give' in told
