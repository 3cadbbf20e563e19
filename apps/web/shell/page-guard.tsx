/** A page that fails says so, and the menu still leads away from it. */
import { Component, type ReactNode } from 'react';
import { FaultList } from '../kit/fault-list.tsx';

interface State {
  readonly error: unknown;
}

/** Its `key` is the page's address: another page begins without the fault. */
export class PageGuard extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : <FaultList fault={error} />;
  }
}
