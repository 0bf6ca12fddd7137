// A small map without tiles: a grid of coordinates, what the chat has shown of the area, and a pin to set.
const METRES = 111320;

export class SmallMap {
  constructor(canvas, onPick) {
    this.canvas = canvas;
    this.onPick = onPick;
    this.pin = { latitude: 37.43, longitude: 116.36 };
    this.span = 12000; // metres from side to side
    this.marks = [];
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      this.move((event.clientX - box.left) / box.width - 0.5, 0.5 - (event.clientY - box.top) / box.height);
    });
    canvas.addEventListener("keydown", (event) => {
      const step = { ArrowLeft: [-0.02, 0], ArrowRight: [0.02, 0], ArrowUp: [0, 0.02], ArrowDown: [0, -0.02] }[event.key];
      if (step) { event.preventDefault(); this.move(...step); }
      if (event.key === "+") this.zoom(0.5);
      if (event.key === "-") this.zoom(2);
    });
  }
  get tall() { return this.span * this.canvas.height / this.canvas.width; }
  get shrink() { return Math.max(0.05, Math.cos(this.pin.latitude * Math.PI / 180)); }
  move(right, up) {
    const latitude = Math.max(-90, Math.min(90, this.pin.latitude + up * this.tall / METRES));
    const longitude = this.pin.longitude + right * this.span / METRES / this.shrink;
    this.set(latitude, ((longitude + 540) % 360) - 180);
    this.onPick(this.pin);
  }
  set(latitude, longitude) { this.pin = { latitude, longitude }; this.draw(); }
  zoom(factor) { this.span = Math.max(400, Math.min(400000, this.span * factor)); this.draw(); }
  at(latitude, longitude) {
    const { width, height } = this.canvas;
    return [width / 2 + (longitude - this.pin.longitude) * METRES * this.shrink / this.span * width,
            height / 2 - (latitude - this.pin.latitude) * METRES / this.tall * height];
  }
  draw() {
    const pen = this.canvas.getContext("2d"), { width, height } = this.canvas;
    pen.fillStyle = "#eef3ea"; pen.fillRect(0, 0, width, height);
    this.grid(pen, width, height);
    pen.font = "20px sans-serif"; pen.textBaseline = "middle";
    for (const mark of this.marks) {
      const [x, y] = this.at(mark.latitude, mark.longitude);
      if (x < -50 || x > width || y < 0 || y > height) continue;
      pen.fillStyle = "#2d7dd2"; pen.beginPath(); pen.arc(x, y, 7, 0, 7); pen.fill();
      pen.fillStyle = "#234"; pen.fillText(mark.name.slice(0, 14), x + 12, y);
    }
    pen.fillStyle = "#d7263d"; pen.beginPath(); pen.arc(width / 2, height / 2 - 22, 12, 0, 7); pen.fill();
    pen.beginPath(); pen.moveTo(width / 2 - 9, height / 2 - 15); pen.lineTo(width / 2 + 9, height / 2 - 15);
    pen.lineTo(width / 2, height / 2); pen.fill();
  }
  grid(pen, width, height) {
    const step = [100, 200, 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000].find((one) => this.span / one <= 8) || 100000;
    pen.strokeStyle = "#c9d6c2"; pen.lineWidth = 1;
    const every = step / METRES, across = every / this.shrink;
    const top = this.pin.latitude + this.tall / METRES, right = this.pin.longitude + this.span / METRES / this.shrink;
    for (let line = Math.floor((2 * this.pin.latitude - top) / every) * every; line < top; line += every) {
      const y = this.at(line, 0)[1]; pen.beginPath(); pen.moveTo(0, y); pen.lineTo(width, y); pen.stroke();
    }
    for (let line = Math.floor((2 * this.pin.longitude - right) / across) * across; line < right; line += across) {
      const x = this.at(0, line)[0]; pen.beginPath(); pen.moveTo(x, 0); pen.lineTo(x, height); pen.stroke();
    }
    const long = step / this.span * width;
    pen.strokeStyle = pen.fillStyle = "#456"; pen.lineWidth = 3;
    pen.beginPath(); pen.moveTo(16, height - 16); pen.lineTo(16 + long, height - 16); pen.stroke();
    pen.font = "20px sans-serif"; pen.fillText(step >= 1000 ? `${step / 1000} km` : `${step} m`, 20, height - 34);
    pen.fillText("N ↑", width - 48, 24);
  }
}
