export function taskUri(id: string): string {
  return `carillon://tasks/${id}`;
}

export function runUri(id: string): string {
  return `carillon://runs/${id}`;
}
