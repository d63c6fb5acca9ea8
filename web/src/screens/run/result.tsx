import { Download } from 'lucide-react';
import { useState } from 'react';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import { pretty } from '../../api/run.ts';
import { Markdown } from '../../markdown/markdown.tsx';
import { Button, IconButton } from '../../parts/button.tsx';
import { Card } from '../../parts/card.tsx';
import { CopyButton, Snippet } from '../../parts/copy-text.tsx';
import { saveText } from '../../parts/save-text.ts';

/** What the run answered: as a page, or as the text that it is. */
export function Result({ run }: { readonly run: RunPageView }) {
  const [isPlain, setPlain] = useState(false);
  const text = run.result ?? '';
  const json = parsed(text);
  const data = run.data ?? json;
  const difference = run.difference?.text ?? null;
  return (
    <>
      {difference === null ? null : (
        <Card title="What has changed">
          <Snippet label="Difference to the result before" text={difference} />
        </Card>
      )}
      {text === '' ? null : (
        <Card
          title="What it answered"
          aside={
            <>
              {json === undefined ? (
                <Button isSmall aria-pressed={isPlain} onClick={() => setPlain(!isPlain)}>
                  As plain text
                </Button>
              ) : null}
              <CopyButton text={text} label="Copy the answer" />
              <IconButton
                label="Download the answer"
                onClick={() => saveText(text, `${run.id}.${json === undefined ? 'md' : 'json'}`)}
              >
                <Download aria-hidden size={16} />
              </IconButton>
            </>
          }
        >
          {json !== undefined ? (
            <Snippet label="The answer as JSON" text={pretty(json)} />
          ) : isPlain ? (
            <div className="max-w-prose text-sm whitespace-pre-wrap">{text}</div>
          ) : (
            <Markdown text={text} />
          )}
        </Card>
      )}
      {data === null || data === undefined || json !== undefined ? null : (
        <Card title="Structured answer">
          <Snippet label="Structured answer" text={pretty(data)} />
        </Card>
      )}
    </>
  );
}

/** The value of a text that is JSON as a whole. */
function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
