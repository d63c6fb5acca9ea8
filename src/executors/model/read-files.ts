import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FilePart, TextPart } from 'ai';

const FILES_MAX = 20;
const FILE_BYTES_MAX = 20 * 1024 * 1024;
const FILES_BYTES_MAX = 32 * 1024 * 1024;

export type ReadFiles =
  | { readonly kind: 'read'; readonly parts: readonly (FilePart | TextPart)[] }
  | { readonly kind: 'refused'; readonly message: string };

/** The files that go with a prompt, as they are now: images, PDF and audio as such, text as text. */
export async function readFiles(paths: readonly string[]): Promise<ReadFiles> {
  if (paths.length > FILES_MAX) {
    return refused(`The task names ${paths.length} files; at most ${FILES_MAX} go with a prompt.`);
  }
  const parts: (FilePart | TextPart)[] = [];
  let bytesLeft = FILES_BYTES_MAX;
  for (const [index, path] of paths.entries()) {
    const place = `File ${index + 1} of the task`;
    const bytes = await readFile(path, Math.min(FILE_BYTES_MAX, bytesLeft));
    if (bytes === 'unreadable') {
      return refused(`${place} is not there, is no file, or may not be read.`);
    }
    if (bytes === 'too_large') {
      const bounds = `${megabytes(FILE_BYTES_MAX)} each and ${megabytes(FILES_BYTES_MAX)} together`;
      return refused(`${place} is too large: files may have ${bounds}.`);
    }
    bytesLeft -= bytes.length;
    const part = partOf(basename(path), bytes);
    if (part === undefined) {
      return refused(
        `${place} is not an image, a PDF, audio or text, so no model can be given it.`,
      );
    }
    parts.push(part);
  }
  return { kind: 'read', parts };
}

async function readFile(
  path: string,
  bytesMax: number,
): Promise<Uint8Array<ArrayBuffer> | 'unreadable' | 'too_large'> {
  try {
    // Without blocking: a pipe that nobody writes to would keep the run waiting.
    await using file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const { size } = await file.stat().then((stat) => (stat.isFile() ? stat : { size: -1 }));
    if (size < 0) return 'unreadable';
    if (size > bytesMax) return 'too_large';
    const bytes = new Uint8Array(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    return bytes.subarray(0, bytesRead);
  } catch {
    return 'unreadable';
  }
}

function partOf(name: string, bytes: Uint8Array<ArrayBuffer>): FilePart | TextPart | undefined {
  const mediaType = mediaTypeOf(bytes);
  if (mediaType !== undefined) {
    return { type: 'file', filename: name, mediaType, data: { type: 'data', data: bytes } };
  }
  const text = textOf(bytes);
  return text === undefined ? undefined : { type: 'text', text: `${name}:\n\n${text}` };
}

/** By what the file holds, not by what it is called. */
function mediaTypeOf(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 16)).toString(
    'latin1',
  );
  if (head.startsWith('RIFF')) {
    return head.slice(8, 12) === 'WEBP'
      ? 'image/webp'
      : head.slice(8, 12) === 'WAVE'
        ? 'audio/wav'
        : undefined;
  }
  return SIGNATURES.find(([signature]) => head.startsWith(signature))?.[1];
}

const SIGNATURES: readonly (readonly [signature: string, mediaType: string])[] = [
  ['\x89PNG\r\n', 'image/png'],
  ['\xff\xd8\xff', 'image/jpeg'],
  ['GIF8', 'image/gif'],
  ['%PDF-', 'application/pdf'],
  ['ID3', 'audio/mpeg'],
  ['\xff\xfb', 'audio/mpeg'],
];

function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function megabytes(bytes: number): string {
  return `${bytes / 1024 / 1024} MB`;
}

function refused(message: string): ReadFiles {
  return { kind: 'refused', message };
}
