// Results as files, made in the browser.

/** The records that `python -m mmpose_scgcn predict` writes. */
export function toInstances(faces) {
  return faces.map((face) => ({
    keypoints: face.keypoints,
    keypoint_scores: face.scores,
    bbox: [face.box],
    bbox_score: face.boxScore ?? 1,
  }));
}

/** Save the canvas as a PNG file. */
export async function savePicture(canvas, name) {
  const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
  save(blob, `${name}.png`);
}

/** Save faces as a JSON file. */
export function savePoints(faces, name) {
  const text = JSON.stringify(toInstances(faces));
  save(new Blob([text], { type: 'application/json' }), `${name}.json`);
}

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
