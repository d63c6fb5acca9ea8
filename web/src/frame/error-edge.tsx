import { Component, type ReactNode } from 'react';
import { Failed } from '../parts/query-view.tsx';

/** Keeps a defect of one screen from taking the whole page down. */
export class ErrorEdge extends Component<
  { readonly children: ReactNode },
  { readonly error: unknown }
> {
  override state: { readonly error: unknown } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: unknown } {
    return { error };
  }

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return (
      <div className="p-4 md:p-6">
        <h1 className="text-xl font-semibold">This screen has a defect</h1>
        <Failed error={this.state.error} onAgain={() => this.setState({ error: undefined })} />
      </div>
    );
  }
}
