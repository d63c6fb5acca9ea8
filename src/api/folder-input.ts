/** Relative folders are the client's, and so is the default; a client at the root works nowhere in particular. */
export function toFolder(
  folder: string | undefined,
  clientFolder: string | undefined,
): string | undefined {
  const base = clientFolder === '/' ? undefined : clientFolder;
  if (folder === undefined || base === undefined || /^(?:[/~\\]|[A-Za-z]:)/.test(folder)) {
    return folder ?? base;
  }
  return `${base}/${folder}`;
}
