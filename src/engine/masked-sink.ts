import { createMasker, type Masker } from '../domain/masking/masker.ts';
import type { Sink } from '../ports/executor.ts';
import type { OutputStream, OutputWriter } from '../ports/output.ts';

/** A sink that masks the granted secrets on the way to the kept output, each stream by itself. */
export function maskedSink(
  writer: OutputWriter,
  secrets: Iterable<string>,
  { observe, onRestart }: { readonly observe: Sink['observe']; onRestart?(): void },
): Sink & { end(): void } {
  const values = [...secrets];
  let maskers = new Map<OutputStream, Masker>();
  const maskerOf = (stream: OutputStream): Masker => {
    const known = maskers.get(stream);
    if (known !== undefined) return known;
    const masker = createMasker(values);
    maskers.set(stream, masker);
    return masker;
  };
  const append = (stream: OutputStream, masked: Uint8Array | undefined): void => {
    if (masked !== undefined && masked.length > 0) writer.append(stream, masked);
  };
  return {
    write(stream, bytes) {
      append(stream, maskerOf(stream).push(bytes));
    },
    skip(stream, count) {
      append(stream, maskers.get(stream)?.gap());
      writer.skip(stream, count);
    },
    get isHeadFull() {
      return writer.isHeadFull;
    },
    get bytes() {
      return writer.bytes;
    },
    get isCut() {
      return writer.isCut;
    },
    restart() {
      maskers = new Map();
      writer.restart();
      onRestart?.();
    },
    observe,
    end() {
      for (const [stream, masker] of maskers) append(stream, masker.end());
    },
  };
}
