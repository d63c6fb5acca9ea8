import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from './button.tsx';

const SHOWN_MS = 1_500;

/** Puts a text into the clipboard, also on pages that the browser does not take for secure. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = document.createElement('textarea');
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand('copy');
    field.remove();
  }
}

export function CopyButton({
  text,
  label = 'Copy',
}: {
  readonly text: string;
  readonly label?: string;
}) {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <IconButton
      label={isCopied ? 'Copied' : label}
      onClick={() => {
        void copyText(text).then(() => {
          setIsCopied(true);
          window.setTimeout(() => setIsCopied(false), SHOWN_MS);
        });
      }}
    >
      {isCopied ? <Check aria-hidden size={16} /> : <Copy aria-hidden size={16} />}
    </IconButton>
  );
}

/** A text to be copied, as it is. */
export function Snippet({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div className="flex min-w-0 items-start gap-1 rounded-md border border-line bg-sunk pl-3">
      <pre
        // It scrolls, so the keyboard must reach it.
        tabIndex={0}
        aria-label={label}
        className="min-w-0 flex-1 overflow-x-auto py-2 font-mono text-[13px] leading-5"
      >
        {text}
      </pre>
      <CopyButton text={text} label={`Copy: ${label}`} />
    </div>
  );
}
