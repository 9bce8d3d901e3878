import type { Area } from '../../area'

export default {
  nav: { title: 'Portals', to: '/portals', order: 1 },
  routes: [
    { path: '/portals', name: 'portals', component: () => import('./PortalList.vue'), meta: { title: 'Portals' } },
    { path: '/portals/:portalId', name: 'portal', component: () => import('./PortalFrame.vue') },
  ],
  portalTabs: [
    { path: '', name: 'portal-overview', component: () => import('./Overview.vue'), meta: { tab: { title: 'Overview', order: 1 } } },
    {
      path: 'settings',
      name: 'portal-settings',
      component: () => import('./Settings.vue'),
      meta: { tab: { title: 'Settings', order: 9, permission: 'manage_portals' } },
    },
  ],
} satisfies Area
