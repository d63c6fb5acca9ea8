/** The parts of a request that a name such as `GET /tasks/:task` and its input mean. */
export function requestOf(
  name: string,
  input: Readonly<Record<string, unknown>>,
): { readonly method: string; readonly path: string; readonly body?: unknown } {
  const [method = '', pattern = ''] = name.split(' ');
  const inPath = new Set<string>();
  const path = pattern.replaceAll(/:(\w+)/g, (_whole, key: string) => {
    inPath.add(key);
    return encodeURIComponent(String(input[key]));
  });
  const rest = Object.entries(input).filter(
    ([key, value]) => !inPath.has(key) && value !== undefined,
  );
  if (method !== 'GET' && method !== 'DELETE') {
    return { method, path, body: Object.fromEntries(rest) };
  }
  const query = new URLSearchParams(
    Object.fromEntries(rest.map(([key, value]) => [key, String(value)])),
  );
  return { method, path: rest.length === 0 ? path : `${path}?${query.toString()}` };
}
