// From what a network gives to keypoints in crop px, as
// mmpose_scgcn/runtime/decoding.py does it.

const MIRRORED = [
  ...['keypoints', 'scores', 'source_keypoints', 'source_scores'],
  ...['simcc_x', 'simcc_y'],
];

/**
 * Take one crop's rows out of the outputs.
 *
 * @param {object} outputs Tensors by name, (N, ...) each.
 * @param {number} number Place in the batch.
 * @returns {object} By name `data` and `length`, the numbers of a keypoint.
 */
export function rowsOf(outputs, number) {
  const rows = {};
  for (const [name, { data, dims }] of Object.entries(outputs)) {
    const size = data.length / dims[0];
    const row = data.subarray(number * size, (number + 1) * size);
    rows[name] = { data: Float64Array.from(row), length: dims[2] ?? 1 };
  }
  return rows;
}

/**
 * Average a crop's rows with those of its mirror image: MMPose's flip test.
 *
 * @param {object} plain Of rowsOf.
 * @param {object} mirrored Of rowsOf.
 * @param {object} flip `flip_test` of model.json.
 */
export function average(plain, mirrored, flip) {
  const rows = { ...plain };
  for (const name of MIRRORED.filter((key) => key in plain)) {
    const { data, length } = plain[name];
    const back = mirrorBack(name, mirrored[name], flip);
    rows[name] = {
      data: data.map((value, i) => (value + back[i]) / 2),
      length,
    };
  }
  return rows;
}

/** Take a row of a mirrored crop back to the crop. */
function mirrorBack(name, { data, length }, flip) {
  const back = new Float64Array(data.length);
  flip.indices.forEach((partner, k) => {
    for (let i = 0; i < length; i++) {
      const from = name === 'simcc_x' ? length - 1 - i : i;
      let value = data[partner * length + from];
      if (name.endsWith('keypoints') && i === 0) value = flip.mirror_x - value;
      back[k * length + i] = value;
    }
  });
  return back;
}

/**
 * Read keypoints and scores.
 *
 * @param {object} rows Of rowsOf or average.
 * @param {object} decoder `decoder` of model.json.
 * @param {string} prefix `source_` for the keypoints before an adapter.
 * @returns {{points: Float64Array, scores: Float64Array}} x, y, x, y, ... in
 *     crop px; scores are 1 where the network has none.
 */
export function read(rows, decoder, prefix = '') {
  if (decoder.type === 'simcc') return readBins(rows, decoder.split_ratio);
  const points = rows[`${prefix}keypoints`].data;
  const ones = new Float64Array(points.length / 2).fill(1);
  return { points, scores: rows[`${prefix}scores`]?.data ?? ones };
}

/** SimCC: the highest column and row; without a positive one MMPose says -1. */
function readBins({ simcc_x: columns, simcc_y: rows }, ratio) {
  const count = columns.data.length / columns.length;
  const points = new Float64Array(2 * count);
  const scores = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const x = highest(columns, k);
    const y = highest(rows, k);
    scores[k] = Math.min(x.value, y.value);
    points[2 * k] = (scores[k] > 0 ? x.place : -1) / ratio;
    points[2 * k + 1] = (scores[k] > 0 ? y.place : -1) / ratio;
  }
  return { points, scores };
}

function highest({ data, length }, k) {
  let place = 0;
  for (let i = 1; i < length; i++) {
    if (data[k * length + i] > data[k * length + place]) place = i;
  }
  return { place, value: data[k * length + place] };
}
