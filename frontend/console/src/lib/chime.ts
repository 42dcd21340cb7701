/** Two short tones, made by the browser itself; at most one such pair in three seconds, however much comes in. */
const APART = 3_000
const TONES = [880, 1175]

let context: AudioContext | undefined
let last = -Infinity

export function chime(): void {
  if (performance.now() - last < APART) return
  last = performance.now()
  context ??= new AudioContext()
  // A browser keeps quiet until the person has pressed something on the page; logging in is enough.
  void context.resume().then(() => context && TONES.forEach((frequency, i) => tone(context!, frequency, context!.currentTime + i * 0.18)), () => undefined)
}

function tone(on: AudioContext, frequency: number, at: number): void {
  const oscillator = new OscillatorNode(on, { frequency })
  const volume = new GainNode(on, { gain: 0 })
  volume.gain.setValueAtTime(0, at)
  volume.gain.linearRampToValueAtTime(0.18, at + 0.02)
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.32)
  oscillator.connect(volume).connect(on.destination)
  oscillator.start(at)
  oscillator.stop(at + 0.34)
}
