// A peak meter of what the monitor plays: -60 to 0 dBFS, with the highest of the last seconds held.

const FLOOR = -60;
const HOLD = 1500; // milliseconds for which a peak stays
const MARKS = [-23, -14]; // EBU R 128's level, and the house's

let context, gain, analysers;
let audible = false;

/** Switches the sound between heard and only measured; whether it is heard now. Wants a gesture first. */
export function measure(video, canvas) {
  if (!context) begin(video, canvas);
  audible = !audible;
  gain.gain.value = audible ? 1 : 0;
  return audible;
}

function begin(video, canvas) {
  context = new AudioContext();
  const source = context.createMediaElementSource(video);
  const split = context.createChannelSplitter(2);
  gain = context.createGain();
  source.connect(gain).connect(context.destination);
  source.connect(split);
  analysers = [0, 1].map((channel) => {
    const analyser = context.createAnalyser();
    analyser.fftSize = 2048;
    split.connect(analyser, channel);
    return analyser;
  });
  const peaks = analysers.map(() => ({ value: FLOOR, at: 0 }));
  const draw = () => {
    paint(canvas, analysers.map(level), peaks);
    requestAnimationFrame(draw);
  };
  draw();
}

function level(analyser) {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const peak = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
  return Math.max(FLOOR, 20 * Math.log10(peak || 1e-9));
}

function paint(canvas, levels, peaks) {
  const pen = canvas.getContext("2d");
  const { width, height } = canvas;
  const at = (decibels) => ((decibels - FLOOR) / -FLOOR) * width;
  const now = performance.now();
  pen.clearRect(0, 0, width, height);
  levels.forEach((value, channel) => {
    const peak = peaks[channel];
    if (value >= peak.value || now - peak.at > HOLD) Object.assign(peak, { value, at: now });
    const top = channel * (height / 2);
    for (const [from, to, colour] of [[FLOOR, -14, "#3fb59d"], [-14, -3, "#f2c14e"], [-3, 0, "#e5484d"]]) {
      pen.fillStyle = colour;
      const end = Math.min(value, to);
      if (end > from) pen.fillRect(at(from), top + 1, at(end) - at(from), height / 2 - 2);
    }
    pen.fillStyle = "#f5eddf";
    pen.fillRect(at(peak.value) - 2, top + 1, 2, height / 2 - 2);
  });
  pen.fillStyle = "#f5eddf";
  pen.font = `600 ${height * 0.4}px system-ui, sans-serif`;
  for (const mark of MARKS) {
    pen.fillRect(at(mark), 0, 2, height);
    pen.fillText(`−${-mark}`, at(mark) + 6, height * 0.66);
  }
}
