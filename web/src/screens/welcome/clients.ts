/** A program that can be connected: what is typed or written where, and by which name it calls. */
export type Connectable = {
  readonly key: string;
  readonly name: string;
  readonly how: string;
  readonly text: string;
  readonly calls: RegExp;
};

const ENTRY = { command: 'carillon', args: ['mcp'] };
const SERVERS = JSON.stringify({ mcpServers: { carillon: ENTRY } }, undefined, 2);

/** The older names of some of them still call. */
export const CONNECTABLE: readonly Connectable[] = [
  {
    key: 'claude-code',
    name: 'Claude Code',
    how: 'In a terminal:',
    text: 'claude mcp add --scope user carillon -- carillon mcp',
    calls: /^claude-code/i,
  },
  {
    key: 'claude-desktop',
    name: 'Claude Desktop',
    how: 'In claude_desktop_config.json (Settings, Developer, Edit Config); then start it anew:',
    text: SERVERS,
    calls: /^claude(?:-ai|.desktop| )?$/i,
  },
  {
    key: 'cursor',
    name: 'Cursor',
    how: 'In ~/.cursor/mcp.json:',
    text: SERVERS,
    calls: /cursor/i,
  },
  {
    key: 'vscode',
    name: 'VS Code',
    how: 'In a terminal:',
    text: `code --add-mcp '${JSON.stringify({ name: 'carillon', ...ENTRY })}'`,
    calls: /^visual studio code|^vscode/i,
  },
  {
    key: 'codex',
    name: 'Codex',
    how: 'In a terminal:',
    text: 'codex mcp add carillon -- carillon mcp',
    calls: /codex/i,
  },
  {
    key: 'gemini',
    name: 'Gemini',
    how: 'In ~/.gemini/settings.json:',
    text: SERVERS,
    calls: /gemini/i,
  },
  {
    key: 'kiro',
    name: 'Kiro',
    how: 'In ~/.kiro/settings/mcp.json:',
    text: SERVERS,
    calls: /kiro|^q-/i,
  },
];
