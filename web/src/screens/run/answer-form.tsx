import { useState } from 'react';
import type { RunPageView } from '../../../../src/api/run-page-view.ts';
import { useAct } from '../../api/actions.ts';
import { send } from '../../api/request.ts';
import { Button } from '../../parts/button.tsx';
import { TextArea, TextField } from '../../parts/field.tsx';
import { Moment, Stamp } from '../../parts/moment.tsx';
import { say } from '../../parts/toasts.tsx';

type Question = NonNullable<RunPageView['question']>;

/** What a run asks, until when, and a place for the answer. */
export function AnswerForm({
  run,
  question,
}: {
  readonly run: string;
  readonly question: Question;
}) {
  const [text, setText] = useState('');
  const answer = useAct(
    (reply: string) => send('POST', `/runs/${run}/answer`, { text: reply }),
    () => {
      setText('');
      say('Answered: the run goes on.');
    },
  );
  const onSubmit = (event: { preventDefault(): void }): void => {
    event.preventDefault();
    if (text.trim() !== '') answer.mutate(text.trim());
  };
  const isMoney = question.about === 'budget';
  return (
    <form
      aria-label="Answer the run"
      onSubmit={onSubmit}
      className="flex flex-col gap-3 rounded-lg border border-warn bg-warn-wash p-4"
    >
      <p className="text-sm font-medium whitespace-pre-wrap">{question.text}</p>
      {isMoney ? (
        <div className="flex flex-wrap items-end gap-2">
          <Button look="main" isBusy={answer.isPending} onClick={() => answer.mutate('yes')}>
            Yes, once more as much
          </Button>
          <Button isBusy={answer.isPending} onClick={() => answer.mutate('no')}>
            No, end it
          </Button>
          <TextField
            label="Or how much more"
            inputMode="decimal"
            placeholder="2.50"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <Button type="submit" disabled={text.trim() === ''} isBusy={answer.isPending}>
            Allow it
          </Button>
        </div>
      ) : (
        <>
          <TextArea
            label="Your answer"
            value={text}
            onChange={(event) => setText(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.currentTarget.form?.requestSubmit();
              }
            }}
          />
          <div className="flex flex-wrap items-center gap-2">
            <Button
              type="submit"
              look="main"
              disabled={text.trim() === ''}
              isBusy={answer.isPending}
            >
              Answer
            </Button>
            {question.default === null ? null : (
              <Button
                isBusy={answer.isPending}
                onClick={() => answer.mutate(question.default ?? '')}
              >
                Take “{question.default}” now
              </Button>
            )}
          </div>
        </>
      )}
      <p className="text-xs">
        It waits until <Stamp at={question.until} />, <Moment at={question.until} />;{' '}
        {question.default === null
          ? 'without an answer it fails.'
          : `then “${question.default}” is taken.`}
      </p>
    </form>
  );
}
