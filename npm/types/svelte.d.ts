// <snap-checkout> in templates of Svelte: `import type {} from 'snap-checkout/svelte'`, anywhere in the program.
import type { HTMLAttributes } from 'svelte/elements';
import type { SnapCheckoutElement } from './index.js';
import type { SnapCheckoutTemplate } from './jsx.js';

declare module 'svelte/elements' {
  interface SvelteHTMLElements {
    'snap-checkout': Omit<HTMLAttributes<SnapCheckoutElement>, keyof SnapCheckoutTemplate> & SnapCheckoutTemplate;
  }
}
