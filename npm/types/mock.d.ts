// Types of the stand-in of window.snap. They need no DOM.

export type MockResult = Record<string, unknown>;

export interface MockOptions {
  embedId?: string | undefined;
  onSuccess?: ((result: any) => void) | undefined;
  onPending?: ((result: any) => void) | undefined;
  onError?: ((result: any) => void) | undefined;
  onClose?: (() => void) | undefined;
  [more: string]: unknown;
}

/** What the customer does. `twice` calls the callback a second time, `thenClose` calls `onClose` after it: both were seen. */
export type MockEnd =
  | 'success' | 'pending' | 'error' | 'close'
  | { type: 'success' | 'pending' | 'error'; result?: MockResult; twice?: boolean; thenClose?: boolean }
  | { type: 'close'; twice?: boolean };

/** What one call does: an end, nothing until the test says so, or a throw as from a popup that is open already. */
export type MockOutcome = MockEnd | 'wait' | 'throw' | { type: 'wait' } | { type: 'throw'; message?: string };

export type MockCall = { method: 'pay' | 'embed'; token: string; options: MockOptions } | { method: 'show' | 'hide' };

export interface SnapMock {
  pay(token: string, options?: MockOptions): void;
  embed(token: string, options: MockOptions & { embedId: string }): void;
  show(): void;
  hide(): void;
  readonly mock: {
    readonly calls: MockCall[];
    readonly state: 'Initial' | 'LoadingInView' | 'PopupInView' | 'EmbedInView';
    /** Adds to the script. */
    next(...outcomes: MockOutcome[]): SnapMock['mock'];
    /** Ends the popup that is open. */
    finish(outcome: MockEnd): void;
    /** In place of `window.snap`; hands back how to take it away again. */
    install(target?: object): () => void;
  };
}

/** Each `pay` or `embed` takes the next outcome; without one the popup stays open until `finish` or `hide`. */
export function createSnapMock(...script: MockOutcome[]): SnapMock;
