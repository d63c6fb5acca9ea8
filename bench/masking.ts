import { createMasker } from '../src/domain/masking/masker.ts';
import { median, timed } from './measure.ts';
import type { Size } from './size.ts';
import { atLeast, type Row } from './table.ts';

const SECRETS = 100;
const CHUNK_BYTES = 65_536;
const ROUNDS = 7;
const LINE =
  '2026-11-21T12:00:00Z INFO request id=9f86d081884c7d65 took 12 ms path=/api/v1/items\n';

/** Megabytes of ordinary output masked in a second, beside copying the same bytes. */
export async function benchMasking({ isQuick }: Size): Promise<readonly Row[]> {
  const chunk = Buffer.from(LINE.repeat(Math.ceil(CHUNK_BYTES / LINE.length)));
  const chunks = isQuick ? 200 : 800;
  const secrets = Array.from({ length: SECRETS }, (_, index) => `s3cr3t-${index * 99_991}x`);
  const masker = createMasker(secrets);
  const masked: number[] = [];
  const copied: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    masked.push(
      await timed(() => {
        for (let index = 0; index < chunks; index += 1) masker.push(chunk);
      }),
    );
    copied.push(
      await timed(() => {
        for (let index = 0; index < chunks; index += 1) Buffer.from(chunk);
      }),
    );
  }
  const rate = (tookMs: number): number => (chunk.length * chunks) / 1_000 / tookMs;
  const ours = rate(median(masked));
  const other = rate(median(copied));
  return [
    {
      what: `masking of output, ${SECRETS} secrets`,
      ours: `${ours.toFixed(0)} MB/s`,
      other: `${other.toFixed(0)} MB/s copying it`,
      ratio: ours / other,
      aim: atLeast(Math.round(ours), 50),
    },
  ];
}
