/** Two calls that a newcomer can type, for each command; a command without its own shows its parent's. */
export const EXAMPLES: Readonly<Record<string, readonly [string, string]>> = {
  '': [
    'tasks add backup --when "every day at 3am" -- rsync -a ~/notes /mnt/backup',
    'tasks run backup --wait',
  ],
  serve: ['serve', 'serve --data ~/carillon --port 7500 --log-level debug'],
  up: ['up', 'up --data ~/carillon --workers 4'],
  down: ['down', 'down --data ~/carillon'],
  status: ['status', 'status --json'],
  logs: ['logs -f', 'logs --level warn -n 20'],
  mcp: ['mcp', 'mcp --data ~/carillon --read-only'],
  as: ['as mcp-scheduler', 'as mcp-scheduler --config ~/scheduler.json'],
  tasks: ['tasks list', 'tasks add ping --when "every 15m" --url https://example.org/health'],
  'tasks add': [
    'tasks add report --when "every weekday at 9" --zone Europe/Berlin -- python3 report.py --mail',
    'tasks add review --when "every day at 7" --agent claude --prompt-file review.md --budget 2usd/day',
  ],
  'tasks list': ['tasks list', 'tasks list --state paused --json'],
  'tasks show': ['tasks show backup', 'tasks show backup --json'],
  'tasks edit': [
    'tasks edit backup --when "every day at 4am"',
    'tasks edit backup --timeout 30m --retries 2',
  ],
  'tasks pause': ['tasks pause backup', 'tasks pause backup --reason "the disk is full"'],
  'tasks resume': ['tasks resume backup', 'tasks resume backup --json'],
  'tasks rm': ['tasks rm backup', 'tasks rm task_01jd3k8h2v7m4q0x9w6c5b1azn'],
  'tasks undelete': ['tasks undelete backup', 'tasks undelete backup --json'],
  'tasks run': ['tasks run backup', 'tasks run backup --wait'],
  runs: ['runs list --task backup', 'runs list --state failed --json'],
  'runs show': ['runs show RUN', 'runs show RUN --json'],
  'runs logs': ['runs logs RUN -f', 'runs logs RUN --stream stderr'],
  'runs stop': ['runs stop RUN', 'runs stop RUN --reason "wrong folder"'],
  'runs answer': ['runs answer RUN "use the second one"', 'runs answer RUN yes'],
  'runs wait': ['runs wait RUN', 'runs wait RUN && echo it succeeded'],
  next: ['next', 'next --json'],
  cron: [
    'cron "0 9 * * 1-5" --tz Europe/Berlin --count 3',
    'cron "30 2 * * *" --tz America/New_York --from 2027-03-13T12:00:00Z --json',
  ],
  explain: ['explain backup --at 07:00', 'explain RUN'],
  engines: ['engines', 'engines --json'],
  inbox: ['inbox', 'inbox done 12'],
  'inbox snooze': ['inbox snooze 12', 'inbox snooze 12 2h'],
  approvals: ['approvals list', 'approvals list --all --json'],
  'approvals show': [
    'approvals show appr_01jd3k8h2v7m4q0x9w6c5b1azn',
    'approvals show appr_01jd3k8h2v7m4q0x9w6c5b1azn --json',
  ],
  'approvals approve': [
    'approvals approve appr_01jd3k8h2v7m4q0x9w6c5b1azn',
    'approvals approve appr_01jd3k8h2v7m4q0x9w6c5b1azn --json',
  ],
  'approvals deny': [
    'approvals deny appr_01jd3k8h2v7m4q0x9w6c5b1azn',
    'approvals deny appr_01jd3k8h2v7m4q0x9w6c5b1azn --json',
  ],
  audit: ['audit', 'audit --refused --json'],
  'stop-all': ['stop-all --reason "something is wrong"', 'stop-all --resume'],
  notify: ['notify list', 'notify test desktop'],
  webhooks: ['webhooks add pushes --scheme github --task build', 'webhooks deliveries pushes'],
  'webhooks add': [
    'webhooks add pushes --scheme github --task build',
    'webhooks add triage --agent claude --prompt "Sort this report: {{payload.issue}}"',
  ],
  'webhooks rotate': ['webhooks rotate pushes', 'webhooks rotate pushes --overlap 1h'],
  'webhooks try': [
    'webhooks try https://example.org/health',
    'webhooks try https://example.org/hook --body hello --header Content-Type:text/plain',
  ],
  'webhooks test': ['webhooks test pushes', "webhooks test pushes --payload '{}'"],
  usage: ['usage', 'usage --by engine --json'],
  secrets: ['secrets set API_KEY < key.txt', 'secrets list'],
  'secrets set': [
    'secrets set API_KEY < key.txt',
    'secrets set API_KEY --for-task report --for-host api.example.org < key.txt',
  ],
  'secrets grant': [
    'secrets grant API_KEY --for-task report',
    'secrets grant API_KEY --for-host "*.example.org"',
  ],
  'secrets revoke': [
    'secrets revoke API_KEY --for-task report',
    'secrets revoke API_KEY --for-host api.example.org --json',
  ],
  'secrets rotate': ['secrets rotate', 'secrets rotate --master'],
  'secrets rm': ['secrets rm API_KEY', 'secrets rm API_KEY --json'],
  open: ['open', 'open /inbox'],
  keys: ['keys add ci --scope tasks:run --expires 90d', 'keys list'],
  'keys add': ['keys add ci --scope tasks:run --expires 90d', 'keys add report --json'],
  'keys revoke': ['keys revoke ci', 'keys revoke key_01jd3k8h2v7m4q0x9w6c5b1azn'],
  backup: ['backup ~/carillon.backup', 'backup ~/carillon.backup --force --no-output'],
  export: ['export tasks.yaml', 'export all.yaml --with-secrets --passphrase-file pass.txt'],
  import: ['import tasks.yaml --dry-run', 'import all.yaml --passphrase-file pass.txt'],
  restore: ['restore ~/carillon.backup --data ~/new', 'restore ~/carillon.backup --force'],
  token: [
    'token',
    'curl -H "Authorization: Bearer $(carillon token)" http://127.0.0.1:7411/api/v1/status',
  ],
  version: ['version', 'version --json'],
};

/** @param path names of the command and its parents below `carillon`. */
export function examplesOf(path: readonly string[]): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const found = EXAMPLES[path.slice(0, length).join(' ')];
    if (found !== undefined) return `Examples:\n${found.map(asLine).join('\n')}\n`;
  }
  return '';
}

function asLine(example: string): string {
  return `  ${example.startsWith('curl ') ? '' : 'carillon '}${example}`;
}
