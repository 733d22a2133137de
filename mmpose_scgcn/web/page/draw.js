// Faces drawn on a canvas, as mmpose_scgcn.visualization.drawing does it.

import { tightBox } from './boxes.js';

/** By which faces are told apart. */
const COLORS = ['#3cdc50', '#ffa03c', '#3caaff', '#e65adc', '#f0e646', '#50dcfa'];
const GRAPH = '#ffd24a';
const RIM = '#1e1e1e';

/**
 * Draw faces.
 *
 * @param {CanvasRenderingContext2D} context Canvas px are picture px.
 * @param {object[]} faces Of Model.predict.
 * @param {object} meta Content of model.json.
 * @param {object} shown Which parts: `points`, `outline`, `graph`, `boxes`,
 *     `numbers`.
 */
export function drawFaces(context, faces, meta, shown) {
  context.save();
  // Pixel centres count from 0, canvases from the pixel's edge.
  context.translate(0.5, 0.5);
  context.lineCap = context.lineJoin = 'round';
  faces.forEach((face, number) => {
    const box = tightBox(face.keypoints);
    const side = Math.max(box[2] - box[0], box[3] - box[1], 1);
    const color = COLORS[number % COLORS.length];
    const line = Math.max(side / 250, 1);
    const links = meta.keypoints.skeleton || [];
    if (shown.graph) {
      drawLines(context, face, graphLinks(meta), GRAPH, line * 0.7, 0.75);
    }
    if (shown.outline) drawLines(context, face, links, color, line * 1.4, 1);
    if (shown.boxes) drawBox(context, face.box, line);
    if (shown.points) {
      drawDiscs(context, face, Math.max(side / 110, 1.2), color);
    }
    if (shown.numbers) drawNumbers(context, face, Math.max(side / 45, 8));
  });
  context.restore();
}

/** The graph's edges, each pair of keypoints once. */
export function graphLinks(meta) {
  const pairs = new Map();
  (meta.graph?.neighbours || []).forEach((row, k) => {
    for (const other of row) {
      const pair = [Math.min(k, other), Math.max(k, other)];
      if (other !== k) pairs.set(pair.join(), pair);
    }
  });
  return [...pairs.values()];
}

function drawLines(context, face, links, color, width, opacity) {
  context.beginPath();
  for (const [a, b] of links) {
    context.moveTo(...face.keypoints[a]);
    context.lineTo(...face.keypoints[b]);
  }
  context.globalAlpha = opacity;
  strokeWithRim(context, color, width);
  context.globalAlpha = 1;
}

function drawBox(context, box, width) {
  context.beginPath();
  context.rect(box[0], box[1], box[2] - box[0], box[3] - box[1]);
  strokeWithRim(context, '#ffffff', width);
}

/** Dark rims are seen on skin and on black. */
function strokeWithRim(context, color, width) {
  context.lineWidth = width + 2;
  context.strokeStyle = RIM;
  context.stroke();
  context.lineWidth = width;
  context.strokeStyle = color;
  context.stroke();
}

function drawDiscs(context, face, radius, color) {
  for (const [extra, style] of [[0.75, RIM], [0, color]]) {
    context.beginPath();
    for (const [x, y] of face.keypoints) {
      context.moveTo(x + radius + extra, y);
      context.arc(x, y, radius + extra, 0, 2 * Math.PI);
    }
    context.fillStyle = style;
    context.fill();
  }
}

function drawNumbers(context, face, size) {
  context.font = `${size}px sans-serif`;
  context.lineWidth = size / 5;
  context.strokeStyle = RIM;
  context.fillStyle = '#ffffff';
  face.keypoints.forEach(([x, y], k) => {
    context.strokeText(String(k), x + 2, y - 2);
    context.fillText(String(k), x + 2, y - 2);
  });
}
