import Anser from 'anser';

/** A stretch of a line that looks the same throughout. */
export type Piece = { readonly text: string; readonly look: string };

/** The stretches of one printed line; escape sequences become looks or are left out. */
export function piecesOf(line: string): readonly Piece[] {
  // A line that was written over shows what was written last, as in a terminal.
  const shown = line.slice(line.lastIndexOf('\r', line.length - 2) + 1).replace(/\r$/, '');
  if (!shown.includes('\u001b')) return [{ text: shown, look: '' }];
  return Anser.ansiToJson(shown, { use_classes: true, remove_empty: true }).map((entry) => ({
    text: entry.content,
    look: [
      entry.fg === null ? '' : `${entry.fg}-fg`,
      entry.bg === null ? '' : `${entry.bg}-bg`,
      ...entry.decorations.map((name) => `ansi-${name}`),
    ]
      .filter(Boolean)
      .join(' '),
  }));
}

/** The text of a line without its escape sequences, for searching. */
export function plainOf(line: string): string {
  return line.includes('\u001b')
    ? piecesOf(line)
        .map((piece) => piece.text)
        .join('')
    : line;
}
