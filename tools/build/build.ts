import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build, type BuildOptions } from 'rolldown';
import { buildDashboard } from '../../web/build.ts';

/**
 * Builds what is published: one bundle for the program and one for programs that import the package,
 * the pipe for the older Nodes of MCP clients, the client of the HTTP API, and the declarations.
 */
const { values: flags } = parseArgs({
  options: { out: { type: 'string', default: 'dist' }, 'no-types': { type: 'boolean' } },
});
const root = join(import.meta.dirname, '..', '..');
const dist = resolve(root, flags.out);

// Some packages put what bundlers cannot follow into `main`.
const resolution = { mainFields: ['module', 'main'] };

const programs: BuildOptions = {
  cwd: root,
  input: {
    cli: 'src/cli/main.ts',
    index: 'src/index.ts',
    conversations: 'src/conversations-client.ts',
  },
  platform: 'node',
  resolve: resolution,
  // A package below the authorization server names deprecated functions by it, with text of its own.
  checks: { eval: false },
  // Chunks lie beside the entries: files of the package are found from where the code is.
  output: { dir: dist, format: 'esm', chunkFileNames: '[name]-[hash].js', minify: 'dce-only' },
};

const pipe: BuildOptions = {
  cwd: root,
  input: 'src/cli/pipe.ts',
  platform: 'node',
  resolve: resolution,
  transform: { target: 'node20' },
  output: { file: join(dist, 'pipe.cjs'), format: 'cjs', codeSplitting: false, minify: 'dce-only' },
};

// For browsers too, so that it may share nothing with the programs.
const client: BuildOptions = {
  cwd: root,
  input: 'src/client/client.ts',
  platform: 'neutral',
  output: {
    file: join(dist, 'client.js'),
    format: 'esm',
    codeSplitting: false,
    minify: 'dce-only',
  },
};

rmSync(dist, { recursive: true, force: true });
await build(programs);
await build(pipe);
await build(client);
if (flags.out === 'dist') await buildDashboard(false);
if (flags['no-types'] !== true) {
  const words = ['-p', 'tsconfig.build.json', '--outDir', join(dist, 'types')];
  process.exitCode = spawnSync('tsc', words, { cwd: root, stdio: 'inherit' }).status ?? 1;
}
