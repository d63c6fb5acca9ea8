const RATE = 22_050;
const SECONDS = 0.9;
const HEADER_BYTES = 44;
const BYTES_PER_SAMPLE = 2;
const PEAK = 9_000;
/** A bell of two strokes: E5, then C5, each with an overtone. */
const STROKES = [
  { atSeconds: 0, hertz: 659.25 },
  { atSeconds: 0.18, hertz: 523.25 },
];
const DECAY_PER_SECOND = 6;

/** Our own sound as a WAV file: 16 bits, one channel, computed so that no binary has to be shipped. */
export function chimeWav(): Uint8Array {
  const samples = Math.round(RATE * SECONDS);
  const file = Buffer.alloc(HEADER_BYTES + samples * BYTES_PER_SAMPLE);
  writeHeader(file, samples * BYTES_PER_SAMPLE);
  for (let index = 0; index < samples; index += 1) {
    file.writeInt16LE(
      Math.round(PEAK * waveAt(index / RATE)),
      HEADER_BYTES + index * BYTES_PER_SAMPLE,
    );
  }
  return file;
}

function waveAt(seconds: number): number {
  let sum = 0;
  for (const { atSeconds, hertz } of STROKES) {
    const since = seconds - atSeconds;
    if (since < 0) continue;
    const phase = 2 * Math.PI * hertz * since;
    sum += Math.exp(-DECAY_PER_SECOND * since) * (Math.sin(phase) + Math.sin(2 * phase) / 3);
  }
  return Math.max(-1, Math.min(1, sum / STROKES.length));
}

function writeHeader(file: Buffer, dataBytes: number): void {
  file.write('RIFF', 0, 'ascii');
  file.writeUInt32LE(HEADER_BYTES - 8 + dataBytes, 4);
  file.write('WAVEfmt ', 8, 'ascii');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * BYTES_PER_SAMPLE, 28);
  file.writeUInt16LE(BYTES_PER_SAMPLE, 32);
  file.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
  file.write('data', 36, 'ascii');
  file.writeUInt32LE(dataBytes, 40);
}
