/** A task to begin with: a few words, and the fields that it fills in. */
export type Template = {
  readonly title: string;
  readonly note: string;
  readonly fields: Readonly<Record<string, string>>;
};

export const TEMPLATES: readonly Template[] = [
  {
    title: 'Morning brief',
    note: 'An agent reads what is new and sums it up, on weekdays.',
    fields: {
      kind: 'agent',
      name: 'Morning brief',
      when: 'every weekday at 8',
      prompt: 'Read what has changed in this project since yesterday and sum it up in ten lines.',
      tools: 'Read, Bash(git log:*)',
      budget: '0.50',
    },
  },
  {
    title: 'Nightly backup',
    note: 'A command at night, tried again when it fails.',
    fields: {
      kind: 'command',
      name: 'Nightly backup',
      when: 'every day at 02:30',
      command: 'tar -czf ~/backup-$(date +%F).tgz ~/Documents',
      'retry.attempts': '3',
      'alerts.on': 'failure, recovery',
    },
  },
  {
    title: 'Is it up?',
    note: 'An address is called every few minutes; a person is told when it does not answer.',
    fields: {
      kind: 'http',
      name: 'Is it up?',
      when: 'every 5 minutes',
      url: 'https://example.com/',
      timeout: '10s',
      'alerts.on': 'failure, recovery',
    },
  },
  {
    title: 'Tell me what changed',
    note: 'A page is looked at each hour, and only a change is told.',
    fields: {
      kind: 'http',
      name: 'Tell me what changed',
      when: 'every hour',
      url: 'https://example.com/prices.json',
      'compare.by': 'text',
      'alerts.on': 'finding',
    },
  },
  {
    title: 'Weekly review',
    note: 'A model writes the questions for the end of the week.',
    fields: {
      kind: 'model',
      name: 'Weekly review',
      when: 'every friday at 16',
      prompt: 'Write five questions for looking back at a week of work. It is {{now}}.',
      budget: '0.05',
    },
  },
  {
    title: 'Reminder',
    note: 'A person is told something at its time.',
    fields: {
      kind: 'reminder',
      name: 'Water the plants',
      when: 'every saturday at 10',
      title: 'Water the plants',
    },
  },
];
