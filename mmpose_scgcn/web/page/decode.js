// From the network's output to keypoints in the picture.

/**
 * Read keypoints in crop px and scores out of the outputs for one crop.
 *
 * @param {object} outputs Tensors by name: `keypoints` (N, K, 2) and perhaps
 *     `scores` (N, K); or `simcc_x` and `simcc_y`.
 * @param {number} number Place in the batch.
 * @param {object} meta Content of model.json.
 * @returns {{points: Float64Array, scores: Float64Array}} x, y, x, y, ...
 */
export function readCrop(outputs, number, meta) {
  if (meta.decoder.type === 'simcc') {
    return readBins(barsOf(outputs, number), meta.decoder.split_ratio);
  }
  const count = outputs.keypoints.dims[1];
  const points = rowOf(outputs.keypoints, number);
  const scores = outputs.scores
    ? rowOf(outputs.scores, number)
    : new Float64Array(count).fill(1);
  return { points, scores };
}

/**
 * The same from a crop and its mirror image: MMPose's flip test.
 *
 * Coordinates are averaged; SimCC's bars are averaged before they are read.
 */
export function readMirrored(outputs, number, mirrored, meta) {
  const indices = meta.flip_test.indices;
  if (meta.decoder.type === 'simcc') {
    const bars = barsOf(outputs, number);
    const other = barsOf(outputs, mirrored);
    const back = {
      x: indices.map((k) => other.x[k].slice().reverse()),
      y: indices.map((k) => other.y[k]),
    };
    return readBins(
      { x: average(bars.x, back.x), y: average(bars.y, back.y) },
      meta.decoder.split_ratio,
    );
  }
  const first = readCrop(outputs, number, meta);
  const second = readCrop(outputs, mirrored, meta);
  // Pixel u of the crop is pixel width - 1 - u of its mirror image.
  const last = meta.input.width - Number(meta.flip_test.shift);
  const points = first.points.slice();
  const scores = first.scores.slice();
  indices.forEach((from, k) => {
    points[2 * k] = (points[2 * k] + last - second.points[2 * from]) / 2;
    points[2 * k + 1] = (points[2 * k + 1] + second.points[2 * from + 1]) / 2;
    scores[k] = (scores[k] + second.scores[from]) / 2;
  });
  return { points, scores };
}

/** Move keypoints from crop px to picture px; gives K pairs. */
export function toPicture(points, frame) {
  const moved = [];
  for (let k = 0; k < points.length; k += 2) {
    moved.push([
      frame.x + points[k] * frame.step,
      frame.y + points[k + 1] * frame.step,
    ]);
  }
  return moved;
}

function rowOf(tensor, number) {
  const size = tensor.data.length / tensor.dims[0];
  const row = tensor.data.subarray(number * size, (number + 1) * size);
  return Float64Array.from(row);
}

/** SimCC: for each keypoint how likely each column and each row is. */
function barsOf(outputs, number) {
  const split = (tensor) => {
    const [, count, bins] = tensor.dims;
    const row = rowOf(tensor, number);
    return Array.from({ length: count }, (_, k) =>
      row.slice(k * bins, (k + 1) * bins),
    );
  };
  return { x: split(outputs.simcc_x), y: split(outputs.simcc_y) };
}

/** The highest bin of each bar; without a positive one MMPose says -1. */
function readBins(bars, ratio) {
  const points = new Float64Array(2 * bars.x.length);
  const scores = new Float64Array(bars.x.length);
  bars.x.forEach((columns, k) => {
    const x = highest(columns);
    const y = highest(bars.y[k]);
    scores[k] = Math.min(columns[x], bars.y[k][y]);
    points[2 * k] = (scores[k] > 0 ? x : -1) / ratio;
    points[2 * k + 1] = (scores[k] > 0 ? y : -1) / ratio;
  });
  return { points, scores };
}

function highest(values) {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if (values[i] > values[best]) best = i;
  }
  return best;
}

function average(first, second) {
  return first.map((row, k) => row.map((value, i) => (value + second[k][i]) / 2));
}
