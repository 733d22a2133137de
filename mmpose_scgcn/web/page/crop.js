// From a box in a picture to the network's input, as MMPose's pipeline does
// it: GetBBoxCenterScale, TopdownAffine (cv2.warpAffine, bilinear, black
// outside the picture) and PoseDataPreprocessor. mmpose_scgcn/runtime/crops.py
// does the same in Python.
//
// "Picture px" and "crop px" both count from (0, 0), the centre of the first
// pixel.

/**
 * Where the crop of a box lies in the picture.
 *
 * Pixel (u, v) of the crop is taken at (x + u * stepX, y + v * stepY), picture
 * px. Predicted keypoints go back by `sizeX` and `sizeY`, see toPicture; with
 * UDP (unbiased data processing) these are other numbers, as in MMPose.
 *
 * @param {number[]} box x1, y1, x2, y2, picture px.
 * @param {object} meta Content of model.json.
 */
export function cropFrame(box, meta) {
  const { width, height } = meta.input;
  const { padding, udp } = meta.box;
  const aspect = width / height;
  const wide = (box[2] - box[0]) * padding;
  const high = (box[3] - box[1]) * padding;
  const sizeX = Math.max(wide, high * aspect);
  const sizeY = sizeX / aspect;
  return {
    x: (box[0] + box[2] - sizeX) / 2,
    y: (box[1] + box[3] - sizeY) / 2,
    stepX: sizeX / (udp ? width - 1 : width),
    stepY: sizeY / (udp ? height - 1 : height),
    sizeX,
    sizeY,
    width,
    height,
  };
}

/**
 * The part of the picture that a crop needs.
 *
 * @returns {number[]} left, top, width, height in whole picture px, at least
 *     one pixel, within the picture.
 */
export function cropRegion(frame, width, height) {
  const span = (start, step, count, side) => {
    const clamp = (value) => Math.min(Math.max(value, 0), side - 1);
    const first = clamp(Math.floor(start));
    const last = clamp(Math.ceil(start + (count - 1) * step) + 1);
    return [first, last - first + 1];
  };
  const [left, columns] = span(frame.x, frame.stepX, frame.width, width);
  const [top, rows] = span(frame.y, frame.stepY, frame.height, height);
  return [left, top, columns, rows];
}

/**
 * Cut a crop out of pixels.
 *
 * @param {ImageData} pixels RGBA, a part of the picture.
 * @param {number} left Of that part, picture px.
 * @param {number} top Of that part, picture px.
 * @param {object} frame Of cropFrame.
 * @returns {Uint8ClampedArray} height x width x 3, RGB.
 */
export function warpCrop(pixels, left, top, frame) {
  const crop = new Uint8ClampedArray(frame.width * frame.height * 3);
  const columns = neighbours(frame.x - left, frame.stepX, frame.width);
  const rows = neighbours(frame.y - top, frame.stepY, frame.height);
  const { data, width, height } = pixels;
  let place = 0;
  for (let v = 0; v < frame.height; v++) {
    const y = rows.first[v];
    const below = rows.share[v];
    const inY = y >= 0 && y < height;
    const nextY = y >= -1 && y < height - 1;
    for (let u = 0; u < frame.width; u++) {
      const x = columns.first[u];
      const right = columns.share[u];
      const inX = x >= 0 && x < width;
      const nextX = x >= -1 && x < width - 1;
      const at = (y * width + x) * 4;
      const under = at + width * 4;
      const a = inY && inX ? (1 - below) * (1 - right) : 0;
      const b = inY && nextX ? (1 - below) * right : 0;
      const c = nextY && inX ? below * (1 - right) : 0;
      const d = nextY && nextX ? below * right : 0;
      for (let channel = 0; channel < 3; channel++) {
        let value = 0;
        if (a) value += a * data[at + channel];
        if (b) value += b * data[at + 4 + channel];
        if (c) value += c * data[under + channel];
        if (d) value += d * data[under + 4 + channel];
        crop[place++] = value;
      }
    }
  }
  return crop;
}

/** The first of two neighbouring pixels of each place; the second's share. */
function neighbours(start, step, count) {
  const first = new Int32Array(count);
  const share = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    // OpenCV rounds places to a 32nd of a pixel.
    const place = Math.floor((start + i * step) * 32 + 0.5) / 32;
    first[i] = Math.floor(place);
    share[i] = place - first[i];
  }
  return { first, share };
}

/**
 * Write a crop into the network's input.
 *
 * @param {Uint8ClampedArray} crop height x width x 3, RGB.
 * @param {object} input `input` of model.json.
 * @param {Float32Array} out N x 3 x height x width.
 * @param {number} number Place in the batch.
 */
export function writeInput(crop, input, out, number) {
  const count = input.width * input.height;
  const order = input.channels === 'BGR' ? [2, 1, 0] : [0, 1, 2];
  order.forEach((channel, c) => {
    let { mean: center, deviation } = { mean: 0, deviation: 1 };
    if (input.standardize) {
      ({ mean: center, deviation } = statistics(crop, channel, count));
    }
    const scale = 1 / (deviation * input.std[c]);
    const offset = center * scale + input.mean[c] / input.std[c];
    const start = (number * 3 + c) * count;
    for (let i = 0; i < count; i++) {
      out[start + i] = crop[3 * i + channel] * scale - offset;
    }
  });
}

/** Mean and deviation of a channel; 1 for a channel that is flat. */
function statistics(crop, channel, count) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += crop[3 * i + channel];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) {
    squares += (crop[3 * i + channel] - mean) ** 2;
  }
  return { mean, deviation: Math.sqrt(squares / count) || 1 };
}

/** Write the mirror image of one input of a batch into another. */
export function mirrorInput(values, input, from, to) {
  const { width, height } = input;
  const size = 3 * width * height;
  for (let row = 0; row < 3 * height; row++) {
    const source = from * size + row * width;
    const target = to * size + row * width;
    for (let u = 0; u < width; u++) {
      values[target + u] = values[source + width - 1 - u];
    }
  }
}

/** Move keypoints (x, y, x, y, ...) from crop px to picture px; K pairs. */
export function toPicture(points, frame) {
  const moved = [];
  for (let k = 0; k < points.length; k += 2) {
    moved.push([
      frame.x + (points[k] / frame.width) * frame.sizeX,
      frame.y + (points[k + 1] / frame.height) * frame.sizeY,
    ]);
  }
  return moved;
}
