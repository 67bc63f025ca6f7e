// <snap-checkout> in templates of Vue 3: `import type {} from 'snap-checkout/vue'`, anywhere in the program.
import type { HTMLAttributes } from 'vue';
import type { SnapCheckoutEventMap } from './index.js';
import type { SnapCheckoutTemplate } from './jsx.js';

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}` ? `${First}${Capitalize<Camel<Rest>>}` : Name;
/** `@snap-paid` is `onSnapPaid`. */
type Listeners = {
  [Name in keyof SnapCheckoutEventMap as `on${Capitalize<Camel<Name>>}`]?: ((event: SnapCheckoutEventMap[Name]) => void) | undefined;
};

declare module 'vue' {
  interface GlobalComponents {
    'snap-checkout': new () => { $props: Omit<HTMLAttributes, keyof SnapCheckoutTemplate> & SnapCheckoutTemplate & Listeners };
  }
}
