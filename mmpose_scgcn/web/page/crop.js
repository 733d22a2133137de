// From a box in a picture to the network's input, as MMPose's pipeline does
// it: GetBBoxCenterScale, TopdownAffine (cv2.warpAffine, bilinear, black
// outside the picture) and PoseDataPreprocessor.
//
// Frames: "picture px" and "crop px" both count from (0, 0), the centre of
// the first pixel.

/**
 * Where the crop of a box lies in the picture.
 *
 * Crop px (u, v) lie at picture px (x + u * step, y + v * step).
 *
 * @param {number[]} box x1, y1, x2, y2, picture px.
 * @param {object} meta Content of model.json.
 * @returns {{x: number, y: number, step: number, width: number,
 *     height: number}} Width and height are those of the crop, crop px.
 */
export function cropFrame(box, meta) {
  const { width, height } = meta.input;
  const aspect = width / height;
  const padding = meta.box.padding;
  let side = (box[2] - box[0]) * padding;
  side = Math.max(side, (box[3] - box[1]) * padding * aspect);
  const step = side / width;
  return {
    x: (box[0] + box[2]) / 2 - (step * width) / 2,
    y: (box[1] + box[3]) / 2 - (step * height) / 2,
    step,
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
  const clamp = (value, last) => Math.min(Math.max(value, 0), last);
  const right = frame.x + (frame.width - 1) * frame.step;
  const below = frame.y + (frame.height - 1) * frame.step;
  const left = clamp(Math.floor(frame.x), width - 1);
  const top = clamp(Math.floor(frame.y), height - 1);
  return [
    left,
    top,
    clamp(Math.ceil(right) + 1, width) - left || 1,
    clamp(Math.ceil(below) + 1, height) - top || 1,
  ];
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
  const columns = weights(frame.x - left, frame.step, frame.width);
  const rows = weights(frame.y - top, frame.step, frame.height);
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

/** The first of two neighbouring pixels for each place, and the second's share. */
function weights(start, step, count) {
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
 * @param {object} input `input` of model.json: size, channel order, mean, std.
 * @param {Float32Array} out N x 3 x height x width.
 * @param {number} number Place in the batch.
 * @param {boolean} mirror Whether left and right change places.
 */
export function writeInput(crop, input, out, number, mirror) {
  const { width, height, mean, std } = input;
  const order = input.channels === 'BGR' ? [2, 1, 0] : [0, 1, 2];
  let place = number * 3 * width * height;
  for (let c = 0; c < 3; c++) {
    for (let v = 0; v < height; v++) {
      for (let u = 0; u < width; u++) {
        const column = mirror ? width - 1 - u : u;
        const value = crop[(v * width + column) * 3 + order[c]];
        out[place++] = (value - mean[c]) / std[c];
      }
    }
  }
}
