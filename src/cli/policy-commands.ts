import type { Command } from 'commander';
import type { AuditFlags } from './audit.ts';
import { contextFrom } from './context.ts';
import type { StopAllFlags } from './stop-all.ts';

/** What people decide, what was done, and the switch that stops everything. */
export function addPolicyCommands(root: Command): void {
  const approvals = root
    .command('approvals')
    .description('what agents and remote clients ask for, and a person decides');
  approvals
    .command('list')
    .alias('ls')
    .description('list what waits')
    .option('--all', 'also what was decided')
    .option('--limit <count>', 'how many, up to 50', '30')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (flags: object, command: Command) => {
      const { listApprovals } = await import('./approvals.ts');
      await listApprovals(contextFrom(command), flags);
    });
  for (const [name, sentence] of [
    ['show', 'show exactly what would be done'],
    ['approve', 'do it, once, as it was asked for'],
    ['deny', 'say no'],
  ] as const) {
    approvals
      .command(name)
      .description(sentence)
      .argument('<approval>', 'its id')
      .action(async (id: string, _flags: unknown, command: Command) => {
        const verbs = await import('./approvals.ts');
        const act = { show: verbs.showApproval, approve: verbs.approve, deny: verbs.deny }[name];
        await act(contextFrom(command), id);
      });
  }
  root
    .command('audit')
    .description('who did what, asked for what, and was refused what')
    .option('--principal <id>', 'of this one')
    .option('--verb <verb>', 'of this kind, such as create_task')
    .option('--refused', 'only what was refused')
    .option('--check', 'look whether the trail is whole')
    .option('--limit <count>', 'how many, up to 50', '30')
    .option('--cursor <text>', 'where the last page ended')
    .action(async (flags: AuditFlags, command: Command) => {
      const { showAudit } = await import('./audit.ts');
      await showAudit(contextFrom(command), flags);
    });
  root
    .command('stop-all')
    .description('cancel everything in progress, and let nothing start')
    .option('--resume', 'let everything go on')
    .option('--reason <text>', 'why, for who looks later')
    .action(async (flags: StopAllFlags, command: Command) => {
      const { stopAll } = await import('./stop-all.ts');
      await stopAll(contextFrom(command), flags);
    });
}
