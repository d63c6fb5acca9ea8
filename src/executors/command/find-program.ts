import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import path from 'node:path';

export type FoundProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'not_found' | 'not_executable'; readonly message: string };

/** Looks a program up as a shell would, along the PATH that the command itself gets. */
export async function findProgram(
  name: string,
  directory: string,
  searchPath: string,
): Promise<FoundProgram> {
  // Windows has rules of its own for extensions; there the system looks itself.
  if (process.platform === 'win32') return { kind: 'found', path: name };
  if (name.includes('/')) {
    const file = path.resolve(directory, name);
    switch (await canExecute(file)) {
      case 'yes':
        return { kind: 'found', path: file };
      case 'no':
        return { kind: 'not_executable', message: notExecutable(file) };
      case 'missing':
        return {
          kind: 'not_found',
          message: `There is no program at "${file}". Correct the path, or install the program.`,
        };
    }
  }
  let denied: string | undefined;
  for (const folder of searchPath.split(':')) {
    if (folder === '') continue;
    const file = path.resolve(directory, folder, name);
    const answer = await canExecute(file);
    if (answer === 'yes') return { kind: 'found', path: file };
    if (answer === 'no') denied ??= file;
  }
  if (denied !== undefined) return { kind: 'not_executable', message: notExecutable(denied) };
  return {
    kind: 'not_found',
    message: `There is no program "${name}" in the PATH of the task. Install it, name it by its full path, or set PATH in the task's environment.`,
  };
}

function notExecutable(file: string): string {
  return `"${file}" is there, but may not be executed. Make it executable, or name its interpreter first.`;
}

async function canExecute(file: string): Promise<'yes' | 'no' | 'missing'> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile() ? 'yes' : 'no';
  } catch (error) {
    return isDenied(error) ? 'no' : 'missing';
  }
}

export function isDenied(error: unknown): boolean {
  return (
    error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'EPERM')
  );
}
