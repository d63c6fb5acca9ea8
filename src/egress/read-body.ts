import { pipeline, type Readable, type Transform } from 'node:stream';
import {
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createZstdDecompress,
} from 'node:zlib';

export type BodyLimits = {
  /** Decoded bytes that are handed over; those after them are only counted. */
  readonly bodyBytesMax: number;
  /** Decoded bytes after which the connection is ended. */
  readonly readBytesMax: number;
};

export type BodyCount = {
  /** Decoded bytes that came, handed over or not. */
  readonly bodyBytes: number;
  /** Whether not all of the body was handed over. */
  readonly isCut: boolean;
};

/** Hands over the decoded body, in order, waiting for each chunk to be taken. */
export async function readBody(
  body: Readable,
  contentEncoding: string | undefined,
  limits: BodyLimits,
  onBody: (bytes: Uint8Array) => void | Promise<void>,
): Promise<BodyCount> {
  const decoded = decode(body, contentEncoding);
  let bodyBytes = 0;
  try {
    for await (const chunk of decoded as AsyncIterable<Uint8Array>) {
      const room = limits.bodyBytesMax - bodyBytes;
      bodyBytes += chunk.length;
      if (room > 0) await onBody(chunk.length > room ? chunk.subarray(0, room) : chunk);
      // It is the decoded size that counts: a few kilobytes can unpack to gigabytes.
      if (bodyBytes >= limits.readBytesMax) return { bodyBytes, isCut: true };
    }
    return { bodyBytes, isCut: bodyBytes > limits.bodyBytesMax };
  } finally {
    discard(decoded);
    discard(body);
  }
}

/** Ends a stream that nobody is going to read, and its connection with it. */
export function discard(stream: Readable): void {
  stream.on('error', ignore);
  stream.destroy();
}

const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

/** Undoes one coding. A body with several or unknown ones is handed over as it came. */
function decode(body: Readable, contentEncoding: string | undefined): Readable {
  const coding = contentEncoding?.trim().toLowerCase() ?? '';
  const createDecoder = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (createDecoder === undefined) return body;
  const decoder = createDecoder();
  // Errors of either stream reach whoever iterates the decoder.
  pipeline(body, decoder, ignore);
  return decoder;
}

function ignore(): void {}
