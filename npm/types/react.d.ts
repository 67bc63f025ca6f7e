// <snap-checkout> in JSX of React 19: `import type {} from 'snap-checkout/react'`, anywhere in the program.
import type { DetailedHTMLProps, HTMLAttributes } from 'react';
import type { SnapCheckoutElement } from './index.js';
import type { SnapCheckoutTemplate } from './jsx.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'snap-checkout': Omit<DetailedHTMLProps<HTMLAttributes<SnapCheckoutElement>, SnapCheckoutElement>, keyof SnapCheckoutTemplate> & SnapCheckoutTemplate;
    }
  }
}
