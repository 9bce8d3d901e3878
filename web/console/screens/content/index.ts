import type { Area } from '../../area'

declare module 'vue-router' {
  interface RouteMeta {
    /** A text is edited there. */
    text?: boolean
  }
}

export default {
  portalTabs: [
    {
      path: 'content',
      name: 'portal-content',
      component: () => import('./ContentFrame.vue'),
      redirect: (to) => ({ name: 'portal-pages', params: to.params }),
      meta: { tab: { title: 'Content', order: 3 } },
      children: [
        { path: 'pages', name: 'portal-pages', component: () => import('./PageList.vue') },
        { path: 'pages/:pageId', name: 'portal-page', component: () => import('./PageEditor.vue'), meta: { text: true } },
        { path: 'snippets', name: 'portal-snippets', component: () => import('./SnippetList.vue') },
        { path: 'snippets/:snippetId', name: 'portal-snippet', component: () => import('./SnippetEditor.vue'), meta: { text: true } },
        { path: 'menus', name: 'portal-menus', component: () => import('./MenuEditor.vue') },
      ],
    },
  ],
} satisfies Area
