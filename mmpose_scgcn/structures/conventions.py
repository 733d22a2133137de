"""What the field's data sets have in common, and how they are annotated."""

#: Attributes of WFLW's faces, 0 or 1, as annotations name them and in the
#: order of the columns of its lists.
WFLW_ATTRIBUTES = (
    'pose',
    'expression',
    'illumination',
    'makeup',
    'occlusion',
    'blur',
)

#: The 68 points of 300W among the 98 of WFLW: of the contour every second
#: one, of the brows the upper edge, of the eyes all but the middles of the
#: lids and the pupils.
WFLW_AS_300W = (
    *range(0, 33, 2),
    *range(33, 38),
    *range(42, 47),
    *range(51, 60),
    *(60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75),
    *range(76, 96),
)

#: Partner of each of the 68 points in a mirrored face: contour, brows, nose,
#: eyes, outer and inner lips.
PARTNERS_300W = (
    *range(16, -1, -1),
    *range(26, 16, -1),
    *range(27, 31),
    *range(35, 30, -1),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *(54, 53, 52, 51, 50, 49, 48, 59, 58, 57, 56, 55),
    *(64, 63, 62, 61, 60, 67, 66, 65),
)
