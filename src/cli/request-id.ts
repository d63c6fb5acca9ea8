/** The id of the first JSON-RPC request among whole lines; lines that are something else are passed over. */
export function requestIdIn(text: string): string | number | undefined {
  const lines = text.split('\n');
  for (const line of lines.slice(0, -1)) {
    const id = idOf(line);
    if (id !== undefined) return id;
  }
  return undefined;
}

function idOf(line: string): string | number | undefined {
  try {
    const message: unknown = JSON.parse(line);
    if (typeof message !== 'object' || message === null || !('method' in message)) return undefined;
    const { id } = message as { readonly id?: unknown };
    return typeof id === 'string' || typeof id === 'number' ? id : undefined;
  } catch {
    return undefined;
  }
}
