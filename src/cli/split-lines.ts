/**
 * Hands over the lines of a byte stream, without their ends, whatever pieces the bytes come in.
 *
 * @returns takes the next bytes; answers `false` when a line is longer than `bytesMax`, and is not to be called again then.
 */
export function splitLines(
  bytesMax: number,
  onLine: (line: string) => void,
): (bytes: Buffer) => boolean {
  let parts: Buffer[] = [];
  let length = 0;
  return (bytes) => {
    let from = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
      onLine(Buffer.concat([...parts, bytes.subarray(from, end)]).toString());
      parts = [];
      length = 0;
      from = end + 1;
    }
    const rest = bytes.subarray(from);
    if (rest.length > 0) parts.push(rest);
    length += rest.length;
    return length <= bytesMax;
  };
}

const NEWLINE = 0x0a;
