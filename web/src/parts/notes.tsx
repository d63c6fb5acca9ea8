import { TriangleAlert } from 'lucide-react';

/** What a person should know before relying on something, one below the other. */
export function Warnings({ texts }: { readonly texts: readonly string[] }) {
  return texts.map((text) => (
    <p
      key={text}
      className="flex items-start gap-2 rounded-lg bg-warn-wash px-4 py-2.5 text-sm text-warn"
    >
      <TriangleAlert aria-hidden size={16} className="mt-0.5 shrink-0" />
      <span className="min-w-0">{text}</span>
    </p>
  ));
}
