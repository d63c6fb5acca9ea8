import { HowTo } from '../../parts/how-to.tsx';
import { Page } from '../../parts/page.tsx';
import { FirstSteps } from './first-steps.tsx';

/** For whoever has just installed it. */
export function Welcome() {
  return (
    <Page title="Welcome" lead="Three steps, and something rings at its time.">
      <FirstSteps />
      <HowTo cli="carillon status" tool="get_status" />
    </Page>
  );
}
