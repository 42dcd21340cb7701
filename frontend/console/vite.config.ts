import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// Where `npm run dev` finds the city. The built console is served by the city itself.
const backend = process.env.YIWANG_BACKEND ?? 'http://127.0.0.1:18800'

export default defineConfig({
  base: '/static/console/',
  plugins: [vue()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  build: {
    target: 'es2023',
    // Inlined assets would be data: addresses, which the content security policy refuses for fonts and workers.
    assetsInlineLimit: 0,
    // The map is most of the weight and is loaded after the login; it cannot be made smaller.
    chunkSizeWarningLimit: 1500,
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': backend,
      '/tiles': backend,
      '/ws': { target: backend, ws: true },
    },
  },
  // One environment for all files: making it anew for each took longer than the tests.
  test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'], pool: 'threads', isolate: false },
})
