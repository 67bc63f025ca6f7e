import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

export default defineConfig({
  base: '/hosts/vue/',
  plugins: [vue({ template: { compilerOptions: { isCustomElement: (tag) => tag === 'snap-checkout' } } })],
});
