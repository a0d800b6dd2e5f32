// Plays the endless MP4 near its newest picture, and begins anew by itself whenever it breaks off.

const AIM = 0.8; // seconds behind the newest picture: fragments come every 0.4 s
const SOFT = 1.4; // from here on a little faster
const HARD = 3; // from here on a jump
const KEEP = 10; // seconds of what was shown that the browser may hold
const SILENCE = 15000; // milliseconds without data after which the connection counts as broken

const Source = window.ManagedMediaSource ?? window.MediaSource;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const once = (target, name) =>
  new Promise((done) => target.addEventListener(name, done, { once: true }));

/** What a person should read: `id` and `en`. */
class Trouble extends Error {
  constructor(id, en) {
    super(en);
    this.id = id;
  }
}

/** Shows the program in `video` for ever; `say(id, en)` hears what keeps it from that. */
export async function watch(video, say) {
  say("Menyambung…", "Connecting…");
  for (;;) {
    try {
      await (Source ? play(video) : playPlainly(video));
      say("Program terputus. Menyambung lagi…", "The program broke off. Connecting again…");
    } catch (error) {
      if (error instanceof Trouble) say(error.id, error.message);
      else say("Monitor tidak terhubung. Mencoba lagi…", "No connection to the monitor. Trying again…");
    }
    await pause(1000);
  }
}

async function open(signal) {
  const response = await fetch("/program.mp4", { signal, cache: "no-store" });
  if (response.ok) return response;
  const [id, en] = (await response.text()).split("\n");
  throw new Trouble(id, en ?? id);
}

/** Plays until the program or the connection ends; throws when there is nothing to play. */
async function play(video) {
  const stop = new AbortController();
  let watchdog;
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => stop.abort(), SILENCE);
  };
  alive();
  const source = new Source();
  video.disableRemotePlayback = true; // ManagedMediaSource wants it so
  video.src = URL.createObjectURL(source);
  try {
    await once(source, "sourceopen");
    const response = await open(stop.signal);
    const buffer = source.addSourceBuffer(response.headers.get("Content-Type"));
    const reader = response.body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      alive();
      await changed(video, buffer, () => buffer.appendBuffer(value));
      const old = edge(video) - KEEP;
      if (buffer.buffered.length && buffer.buffered.start(0) < old - KEEP) {
        await changed(video, buffer, () => buffer.remove(0, old));
      }
      keepUp(video);
    }
  } finally {
    clearTimeout(watchdog);
    stop.abort();
    URL.revokeObjectURL(video.src);
  }
}

async function changed(video, buffer, change) {
  const done = once(buffer, "updateend");
  change();
  await done;
  if (video.error) throw new Error(video.error.message);
}

const edge = (video) => (video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0);

/** Stays near the newest picture, and steps over what is missing. */
function keepUp(video) {
  const ranges = video.buffered;
  if (!ranges.length) return;
  const behind = edge(video) - video.currentTime;
  const first = ranges.start(ranges.length - 1);
  if (behind > HARD || video.currentTime < first) {
    video.currentTime = Math.max(first, edge(video) - AIM);
  }
  video.playbackRate = behind > SOFT ? 1.1 : 1;
  if (video.paused && !document.hidden) video.play().catch(() => {});
}

/** Without MediaSource the browser is left to play the address by itself. */
async function playPlainly(video) {
  (await open()).body.cancel();
  video.src = `/program.mp4?${Date.now()}`;
  await Promise.race([once(video, "ended"), once(video, "error")]);
}
