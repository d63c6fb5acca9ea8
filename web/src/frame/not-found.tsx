import { Link } from 'wouter';
import { buttonClass } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';

export function NotFound() {
  return (
    <Page
      title="There is nothing here"
      lead="The address leads to no screen; what it meant may have been deleted."
    >
      <div className="flex gap-2">
        <Link href="/" className={buttonClass('main')}>
          Go to Now
        </Link>
        <Link href="/tasks" className={buttonClass()}>
          See the tasks
        </Link>
      </div>
    </Page>
  );
}
