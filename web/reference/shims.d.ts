declare module '@kong/spec-renderer/dist/style.css'
