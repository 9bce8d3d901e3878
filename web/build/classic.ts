import { build, type Plugin, type Rollup } from 'vite'

/**
 * Builds an entry as one classic script, which a page without an origin can load: such a page gets no module from
 * anybody, not even from the host it came from. It stands in the manifest under the name of its source.
 */
export function classicScript(source: string): Plugin {
  return {
    name: 'classic-script',
    apply: 'build',
    async generateBundle() {
      const built = await build({
        configFile: false,
        logLevel: 'warn',
        build: {
          write: false,
          target: 'es2023',
          lib: { entry: source, formats: ['iife'], name: 'script' },
        },
      })
      const [output] = (Array.isArray(built) ? built : [built]) as Rollup.RollupOutput[]
      const chunk = output?.output[0]
      if (!chunk) throw new Error(`nothing was built of ${source}`)
      const name = source.replace(/^.*\//, '').replace(/\.ts$/, '.js')
      this.emitFile({ type: 'asset', name, originalFileName: source, source: chunk.code })
    },
  }
}
