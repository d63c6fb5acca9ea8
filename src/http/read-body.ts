/** The largest body that is read, in bytes. */
export const BODY_BYTES_MAX = 1_024 * 1_024;

/** The whole body as text, or `too_large` as soon as it is known to be. */
export async function readBody(
  request: Request,
): Promise<{ readonly kind: 'text'; readonly text: string } | { readonly kind: 'too_large' }> {
  const read = await readBytes(request);
  return read.kind === 'too_large'
    ? read
    : { kind: 'text', text: Buffer.from(read.bytes).toString('utf8') };
}

/** The whole body as it came, or `too_large` as soon as it is known to be. */
export async function readBytes(
  request: Request,
): Promise<
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'too_large' }
> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > BODY_BYTES_MAX) return { kind: 'too_large' };
  if (request.body === null) return { kind: 'bytes', bytes: new Uint8Array() };
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return { kind: 'too_large' };
    chunks.push(chunk);
  }
  return { kind: 'bytes', bytes: new Uint8Array(Buffer.concat(chunks)) };
}
