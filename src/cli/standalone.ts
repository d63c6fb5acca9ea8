import { logDefects } from '../daemon/log-defects.ts';
import { openDaemon } from '../daemon/open-daemon.ts';
import { placesFor } from '../installation/places.ts';
import { readSetup } from '../daemon/read-setup.ts';
import { thisMachine } from '../installation/this-machine.ts';
import { pipeToDaemon } from './pipe.ts';
import { readPipeArguments } from './pipe-arguments.ts';

/** `carillon mcp --standalone`: daemon and pipe in this one process. Refuses when a daemon has the data folder. */
export async function runStandalone(words: readonly string[]): Promise<void> {
  // Anybody who may send a signal could else open the debugger of this process.
  process.on('SIGUSR1', () => undefined);
  const machine = thisMachine();
  const given = await readPipeArguments(words, machine.environment);
  const { dataFolder, configFile } = placesFor(given.kind === 'text' ? {} : given, machine);
  const daemon = await openDaemon(readSetup({ data: dataFolder, config: configFile }, {}, machine));
  logDefects(daemon.log);
  await pipeToDaemon(words, (exitCode) => {
    const leave = () => process.exit(exitCode);
    daemon.stop('the MCP client left').then(leave, leave);
  });
}
