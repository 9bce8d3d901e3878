import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { classicScript } from './build/classic.ts'
import { fitRenderer } from './build/fit-renderer.ts'

export default defineConfig({
  // Assets are served under this path by every host, the local server and the CDN alike.
  base: '/_assets/',
  plugins: [fitRenderer(), vue(), classicScript('console/preview/frame.ts')],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    // The renderer asks whether it runs on a server: never here.
    'import.meta.server': 'false',
  },
  build: {
    outDir: 'dist',
    assetsDir: '',
    manifest: true,
    target: 'es2023',
    // A polyfill would be an inline script or a request more; every supported browser preloads modules.
    modulePreload: { polyfill: false },
    // A data: URL in CSS or a script would need its own source in the content security policy.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
    rollupOptions: {
      // The component library does not say so, but importing one of its modules does nothing by itself.
      treeshake: { moduleSideEffects: (id) => !/@kong\/(kongponents|icons)\/dist\/.*\.js$/.test(id) },
      input: {
        console: 'console/main.ts',
        site: 'site/main.ts',
        reference: 'reference/main.ts',
      },
    },
  },
})
