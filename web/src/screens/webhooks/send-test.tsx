import { useState } from 'react';
import { Link } from 'wouter';
import type { HookAnswerView, WebhookView } from '../../../../src/api/webhook-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { toldVerdict } from '../../api/webhooks.ts';
import { Button } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { TextArea } from '../../parts/field.tsx';

const SAMPLE = '{\n  "test": true,\n  "sent_by": "carillon"\n}';

/** Sends the webhook what its sender would send, signed, and shows what was decided about it. */
export function SendTest({ webhook }: { readonly webhook: WebhookView }) {
  const [text, setText] = useState(SAMPLE);
  const payload = readJson(text);
  const test = useAct((given: unknown) =>
    send<HookAnswerView>('POST', `/webhooks/${webhook.id}/test`, { payload: given }),
  );
  return (
    <Card title="Send a test">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (payload.kind === 'json') test.mutate(payload.value);
        }}
      >
        <TextArea
          label="Payload"
          hint="It is signed as its sender would sign it, takes the same way, and starts a run."
          isCode
          value={text}
          problem={payload.kind === 'json' ? undefined : 'This is not JSON.'}
          onChange={(event) => setText(event.target.value)}
        />
        <div className="flex flex-wrap items-center gap-3">
          <Button
            type="submit"
            isBusy={test.isPending}
            disabled={payload.kind !== 'json' || !webhook.is_enabled}
          >
            Send test
          </Button>
          {webhook.is_enabled ? null : (
            <span className="text-sm text-soft">It is off: turn it on first.</span>
          )}
          {test.data === undefined ? null : (
            <p role="status" className="text-sm">
              {test.data.verdict.replaceAll('_', ' ')}: {toldVerdict(test.data.verdict)}.{' '}
              {test.data.run === null ? null : (
                <Link href={`/runs/${test.data.run}`} className="text-bronze hover:underline">
                  See the run
                </Link>
              )}
            </p>
          )}
        </div>
      </form>
    </Card>
  );
}

function readJson(
  text: string,
): { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'none' } {
  try {
    return { kind: 'json', value: JSON.parse(text) as unknown };
  } catch {
    return { kind: 'none' };
  }
}
