// The camera: frames as they come, one at a time.

export class Camera {
  /**
   * @param {Function} onFrame Called with the video and the time in ms.
   * @param {Function} onEnd Called when the camera is gone, as when it is
   *     pulled out.
   */
  constructor(onFrame, onEnd) {
    this.onFrame = onFrame;
    this.onEnd = onEnd;
    this.stream = null;
    this.video = document.createElement('video');
    this.video.playsInline = true;
    this.video.muted = true;
  }

  get isOpen() {
    return this.stream !== null;
  }

  /**
   * Open the camera.
   *
   * @throws {Error} The user or the system refuses it, or there is none.
   */
  async open() {
    if (!navigator.mediaDevices) throw new Error('this browser has no camera');
    const stream = await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 640 }, height: { ideal: 480 } },
      audio: false,
    });
    this.stream = stream;
    this.video.srcObject = stream;
    stream.getVideoTracks()[0].addEventListener('ended', () => {
      this.close();
      this.onEnd();
    });
    await this.video.play();
    this.run(stream);
  }

  /** Close the camera; its light goes out. */
  close() {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.stream = null;
    this.video.srcObject = null;
  }

  /** Frames that come while one is worked on are left out. */
  async run(stream) {
    while (this.stream === stream) {
      const time = await this.nextFrame();
      if (this.stream === stream) await this.onFrame(this.video, time);
    }
  }

  nextFrame() {
    return new Promise((done) => {
      if (this.video.requestVideoFrameCallback) {
        this.video.requestVideoFrameCallback((now) => done(now));
      } else {
        requestAnimationFrame(done);
      }
    });
  }
}
