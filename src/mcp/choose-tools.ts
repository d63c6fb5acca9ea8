import type { Surface } from '../api/surface.ts';
import type { Tool } from '../api/tool.ts';
import { Refusal } from '../domain/refusal.ts';

/** The tools of a surface that a client asked for. `all` means every toolset. */
export function chooseTools(
  surface: Surface,
  toolsets: readonly string[],
  isReadOnly: boolean,
): readonly Tool[] {
  const known = new Set(surface.tools.map((tool) => tool.toolset));
  const unknown = toolsets.find((toolset) => toolset !== 'all' && !known.has(toolset));
  if (unknown !== undefined) {
    const names = ['all', ...known].map((name) => JSON.stringify(name)).join(', ');
    throw new Refusal(
      'invalid',
      `There is no toolset ${JSON.stringify(unknown.slice(0, 60))}. Choose among ${names}.`,
    );
  }
  const isChosen = (tool: Tool): boolean =>
    toolsets.length === 0 || toolsets.includes('all') || toolsets.includes(tool.toolset);
  return surface.tools.filter((tool) => isChosen(tool) && (!isReadOnly || tool.access === 'read'));
}
