import { Link } from 'wouter';
import { useAlertRules } from '../../api/notifications.ts';
import { Card } from '../../parts/card.tsx';
import { Snippet } from '../../parts/copy-text.tsx';
import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { QueryView } from '../../parts/query-view.tsx';
import { Channels } from './channels.tsx';

/** The ways to a person, and what is told through them. */
export function Notifications() {
  return (
    <Page
      title="Notifications"
      lead="How reminders and alerts reach you. Whatever becomes of a notice, it stands in the inbox until somebody settles it."
    >
      <Channels />
      <Rules />
      <Card title="How to configure">
        <p className="mb-2 max-w-prose text-sm text-soft">
          Channels and the rule for all tasks stand in the configuration file of the daemon, which
          reads it when it starts. A secret of a channel is the name of one in the{' '}
          <Link href="/secrets" className="text-bronze underline">
            vault
          </Link>
          .
        </p>
        <Snippet label="Configuration" text={SAMPLE} />
      </Card>
      <HowTo cli="carillon notify list" />
    </Page>
  );
}

const SAMPLE = `{
  "channels": {
    "desk": { "kind": "desktop" },
    "phone": { "kind": "ntfy", "topic": "my-topic", "token_secret": "NTFY_TOKEN" },
    "team": { "kind": "slack", "url_secret": "SLACK_URL" }
  },
  "alerts": ["failure", "recovery", "missed"],
  "alert_channels": ["desk", "phone"]
}`;

const TOLD: Readonly<Record<string, string>> = {
  failure: 'the first failure',
  recovery: 'recovery',
  missed: 'missed occurrences',
  finding: 'findings',
  budget: 'spent budgets',
};

type Rule = { readonly on: readonly string[]; readonly channels: readonly string[] };

function Rules() {
  const rules = useAlertRules();
  return (
    <Card title="What is told" isFlush>
      <QueryView query={rules} what="the rules">
        {(view) => (
          <ul className="divide-y divide-line">
            <li className="px-4 py-3 text-sm">
              <p className="font-medium">Every task that does not say it itself</p>
              <RuleText rule={view.by_default} />
              {view.by_default.on.length > 0 ? null : (
                <p className="text-soft">
                  The inbox keeps failures, spent budgets and missed occurrences anyway.
                </p>
              )}
            </li>
            {view.tasks.map((task) => (
              <li key={task.id} className="px-4 py-3 text-sm">
                <Link href={`/tasks/${task.id}`} className="font-medium hover:underline">
                  {task.name}
                </Link>
                <RuleText rule={task} />
              </li>
            ))}
          </ul>
        )}
      </QueryView>
    </Card>
  );
}

function RuleText({ rule: { on, channels } }: { readonly rule: Rule }) {
  if (on.length === 0) return <p className="text-soft">Nothing is sent.</p>;
  return (
    <p className="text-soft">
      {on.map((kind) => TOLD[kind] ?? kind).join(', ')}
      {channels.length === 0
        ? ', through the first channel that takes it'
        : `, through ${channels.join(', then ')}`}
    </p>
  );
}
