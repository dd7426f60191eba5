// The last net: when the screen itself breaks, a sentence and a way on instead of a blank page.
import { Component, type ReactNode } from 'react';
import { sentence } from '../lib/errors.ts';

interface Props {
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly failure: string | null }> {
  override state: { readonly failure: string | null } = { failure: null };

  static getDerivedStateFromError(error: unknown): { failure: string } {
    return { failure: sentence(error) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <div className="empty" role="alert">
        <strong>The screen broke</strong>
        <p>Your plan is saved and a run in progress keeps its checkpoint. Reload the page to go on.</p>
        <p className="num">{failure}</p>
        <button type="button" className="btn btn--primary" onClick={() => location.reload()}>
          Reload
        </button>
      </div>
    );
  }
}
