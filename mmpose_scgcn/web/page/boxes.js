// Boxes: x1, y1, x2, y2 in picture px.

/** The smallest box about keypoints (K pairs). */
export function tightBox(keypoints) {
  const xs = keypoints.map(([x]) => x);
  const ys = keypoints.map(([, y]) => y);
  return [
    Math.min(...xs),
    Math.min(...ys),
    Math.max(...xs),
    Math.max(...ys),
  ];
}

/** Area, 0 for a box that is turned inside out. */
export function area(box) {
  return Math.max(box[2] - box[0], 0) * Math.max(box[3] - box[1], 0);
}

/** The part that two boxes share. */
export function intersection(a, b) {
  return [
    Math.max(a[0], b[0]),
    Math.max(a[1], b[1]),
    Math.min(a[2], b[2]),
    Math.min(a[3], b[3]),
  ];
}

/** Intersection over union, 0 where neither has an area. */
export function overlap(a, b) {
  const shared = area(intersection(a, b));
  return shared / (area(a) + area(b) - shared) || 0;
}

/** Move a box as a whole. */
export function moved(box, x, y) {
  return [box[0] + x, box[1] + y, box[2] + x, box[3] + y];
}

/**
 * From a detector's box to the box about the keypoints.
 *
 * @param {number[]} box The detector's.
 * @param {object} mapping `shift_x` and `shift_y` of the centre, in sides of
 *     the detector's box; `scale_x` and `scale_y` of the sides.
 */
export function mapBox(box, mapping) {
  const width = box[2] - box[0];
  const height = box[3] - box[1];
  const x = (box[0] + box[2]) / 2 + width * mapping.shift_x;
  const y = (box[1] + box[3]) / 2 + height * mapping.shift_y;
  const halfWidth = (width * mapping.scale_x) / 2;
  const halfHeight = (height * mapping.scale_y) / 2;
  return [x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight];
}

/** The best of boxes that overlap; `rows` have `box` and `score`. */
export function suppress(rows, threshold) {
  const kept = [];
  for (const row of [...rows].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(row.box, other.box) <= threshold)) {
      kept.push(row);
    }
  }
  return kept;
}
